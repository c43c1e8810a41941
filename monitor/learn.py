"""After judging: the past includes the posting. And reversals: the past no longer includes the one they name."""

from monitor.customer_state import DAYS_KEPT, DORMANT_DAYS, HOURS_KEPT, MONTHS_KEPT, CustomerState
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import recent
from monitor.stats.habits import probability
from monitor.stats.recent import RecentPosting
from monitor.stats.tiles import Tile, add_to, drop_before


def learn(state: CustomerState, posting: Posting, rules: Rules) -> None:
    """Add the posting to every statistic. The caller has made sure that it is no duplicate and not too late."""
    if posting.day > state.newest_day:
        _begin_day(state, posting.day, rules)
    flags = posting_flags(state, posting, rules)
    _add(state, posting.day, posting.amount_minor, 1, flags, rules, hour=posting.hour)
    if posting.counterparty is not None:
        state.counterparties.learn(
            posting.counterparty, posting.day, posting.amount_minor, inbound=posting.inbound
        )
    habit = state.amounts_in if posting.inbound else state.amounts_out
    log_ratio = habit.log_ratio(posting.amount_minor, posting.day)
    usual = 1.0
    if log_ratio is not None:
        usual = 1.0 - probability(state.episode.log_odds(log_ratio, posting.at_s))
        state.episode.learn(log_ratio, posting.at_s)
    habit.learn(posting.amount_minor, posting.day, usual)
    state.recent.learn(
        RecentPosting(
            posting.transaction_id,
            posting.at_s,
            posting.day,
            posting.amount_minor,
            flags,
            posting.counterparty,
        ),
        state.oldest_day,
    )


def unlearn(state: CustomerState, original: RecentPosting, rules: Rules) -> None:
    """Take a posting back out of its own tiles. Its amount stays in the slow habits: one of hundreds, and fading."""
    hour = rules.calendar.local_s(original.at_s) // 3600
    _add(state, original.day, -original.amount_minor, -1, original.flags, rules, hour=hour)
    if original.counterparty is not None:
        state.counterparties.unlearn(original.counterparty, original.amount_minor, inbound=original.inbound)
    original.flags |= recent.REVERSED
    if original not in state.recent.postings:
        state.recent.mark(_reversed(original.transaction_id), original.day)


def original_of(state: CustomerState, reversal: Posting, rules: Rules) -> RecentPosting | None:
    """The posting that `reversal` names: as it was kept or, where only its day is still known, as the reversal tells it."""
    name = reversal.reverses or ""
    original = state.recent.find(name)
    if original is not None:
        return original
    day = state.recent.day_of(name)
    if day is None:
        return None
    inbound, amount_minor = not reversal.inbound, reversal.amount_minor
    flags = recent.INBOUND if inbound else 0
    for flag, ring, told in (
        (recent.CASH, state.cash_days, reversal.channel == "cash"),
        (recent.NEAR, state.near_days, rules.is_near(reversal)),
        (recent.NOVEL, state.novel_days, state.is_novel(reversal.counterparty, day)),
    ):
        if told and _holds(ring.get(day), amount_minor, inbound=inbound):
            flags |= flag
    if state.recent.day_of(_reversed(name)) is not None:
        flags |= recent.REVERSED
    elif not _holds(state.days.get(day), amount_minor, inbound=inbound):
        return None
    return RecentPosting(name, 0, day, reversal.amount_minor, flags, reversal.counterparty)


def _holds(tile: Tile | None, amount_minor: int, *, inbound: bool) -> bool:
    """Whether a posting of that amount can be among those of the tile."""
    return (
        tile is not None
        and tile.directed_count(inbound=inbound) > 0
        and tile.directed_sum(inbound=inbound) >= amount_minor
    )


def _reversed(transaction_id: str) -> str:
    return f"reversed {transaction_id}"


def posting_flags(state: CustomerState, posting: Posting, rules: Rules) -> int:
    """What kind of posting this is for this customer, as kept with it."""
    flags = recent.INBOUND if posting.inbound else 0
    if posting.channel == "cash":
        flags |= recent.CASH
    if rules.is_near(posting):
        flags |= recent.NEAR
    if state.is_novel(posting.counterparty, posting.day):
        flags |= recent.NOVEL
    return flags


def _begin_day(state: CustomerState, day: int, rules: Rules) -> None:
    if state.newest_day and day - state.newest_day >= DORMANT_DAYS:
        state.idle_days = day - state.newest_day
        state.woke_day = day
    if not state.first_day:
        state.first_day = day
    state.newest_day = day
    oldest_day = day - DAYS_KEPT + 1
    for ring in (state.days, state.cash_days, state.near_days, state.novel_days):
        drop_before(ring, oldest_day)
    drop_before(state.hours, _first_hour(day))
    oldest_month = rules.calendar.month(day) - MONTHS_KEPT + 1
    for ring in (state.months, state.cash_months, state.novel_months):
        drop_before(ring, oldest_month)
    for month in [month for month in state.peaks if month < oldest_month]:
        del state.peaks[month]


def _add(
    state: CustomerState, day: int, amount_minor: int, count: int, flags: int, rules: Rules, *, hour: int
) -> None:
    inbound = bool(flags & recent.INBOUND)
    month = rules.calendar.month(day)
    if hour >= _first_hour(state.newest_day):
        add_to(state.hours, hour, amount_minor, count, inbound=inbound)
    add_to(state.days, day, amount_minor, count, inbound=inbound)
    add_to(state.months, month, amount_minor, count, inbound=inbound)
    if flags & recent.CASH:
        add_to(state.cash_days, day, amount_minor, count, inbound=inbound)
        add_to(state.cash_months, month, amount_minor, count, inbound=inbound)
    if flags & recent.NEAR:
        add_to(state.near_days, day, amount_minor, count, inbound=inbound)
    if flags & recent.NOVEL:
        add_to(state.novel_days, day, amount_minor, count, inbound=inbound)
        add_to(state.novel_months, month, amount_minor, count, inbound=inbound)
    if count > 0:
        _keep_peak(state, day, month)
    else:
        _lower_peak(state, day, -amount_minor, rules, inbound=inbound)


def _keep_peak(state: CustomerState, day: int, month: int) -> None:
    tile = state.days[day]
    old_in, old_out = state.peaks.get(month, (0, 0))
    state.peaks[month] = (max(old_in, tile.in_sum), max(old_out, tile.out_sum))


def _lower_peak(state: CustomerState, day: int, removed_minor: int, rules: Rules, *, inbound: bool) -> None:
    """After a reversal on the month's largest day: the largest among its days that still have tiles."""
    month = rules.calendar.month(day)
    peaks = list(state.peaks.get(month, (0, 0)))
    side = 0 if inbound else 1
    left = state.days.get(day, Tile()).directed_sum(inbound=inbound)
    if left + removed_minor < peaks[side] or month not in state.peaks:
        return
    peaks[side] = max(
        (t.directed_sum(inbound=inbound) for d, t in state.days.items() if rules.calendar.month(d) == month),
        default=0,
    )
    if any(peaks):
        state.peaks[month] = (peaks[0], peaks[1])
    else:
        del state.peaks[month]


def _first_hour(newest_day: int) -> int:
    """Hour tiles are kept for the newest business date and the one before it."""
    return newest_day * 24 - HOURS_KEPT + 24
