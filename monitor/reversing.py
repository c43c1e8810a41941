"""Reversals: the past no longer includes the posting that one of them names. A reversal itself is no activity."""

from typing import Final

from monitor.calendar import DAY_S, HOUR_S
from monitor.customer_state import CustomerState
from monitor.intake import Refusal
from monitor.learn import first_hour
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.report_rules import CASH, CLASSES, CROSS_BORDER, FOREIGN_CURRENCY, class_of
from monitor.stats import recent
from monitor.stats.recent import RecentPosting, short_name
from monitor.stats.tiles import Tile
from schemas import DeadLetterReason

_UNKNOWN: Final = Refusal(
    DeadLetterReason.UNKNOWN_ORIGINAL, "reverses: no such posting is remembered for this customer"
)
_REVERSED_BEFORE: Final = Refusal(
    DeadLetterReason.REVERSAL_MISMATCH, "reverses: that posting was reversed before"
)
_NOT_ITS_OPPOSITE: Final = Refusal(
    DeadLetterReason.REVERSAL_MISMATCH,
    "reverses: amount and direction have to be those of the original, the other way round",
)


def reverse(state: CustomerState, reversal: Posting, rules: Rules) -> RecentPosting | Refusal:
    """Undo the posting that `reversal` names, in that posting's own tiles; what it was, or why it cannot be undone."""
    original = _original_of(state, reversal, rules)
    if original is None:
        return _UNKNOWN
    if original.flags & recent.REVERSED:
        return _REVERSED_BEFORE
    if original.amount_minor != reversal.amount_minor or original.inbound == reversal.inbound:
        return _NOT_ITS_OPPOSITE
    _unlearn(state, original, reversal, rules)
    state.recent.learn(
        reversal.name, reversal.local_s, reversal.amount_minor, recent.REVERSED, None, state.oldest_day
    )
    return original


def _unlearn(state: CustomerState, original: RecentPosting, reversal: Posting, rules: Rules) -> None:
    """Take a posting back out of its own tiles. Its amount stays in the slow habits: one of hundreds, and fading."""
    is_kept = state.recent.mark_reversed(original.name)
    hour = original.local_s // HOUR_S if is_kept else None
    _take(state, original, rules, hour)
    number = FOREIGN_CURRENCY if reversal.in_foreign_currency else 0
    number |= CROSS_BORDER if original.flags & recent.FOREIGN else 0
    if number:
        number |= CASH if original.flags & recent.CASH else 0
        place = original.day * CLASSES + number
        state.apart.add(place, -original.amount_minor, -1, inbound=original.inbound)
    if original.counterparty is not None:
        state.counterparties.unlearn(original.counterparty, inbound=original.inbound)
    if not is_kept:
        state.recent.mark(_reversed(original.name), original.day)


def _original_of(state: CustomerState, reversal: Posting, rules: Rules) -> RecentPosting | None:
    """The posting that `reversal` names: as it was kept or, where only its day is still known, as the reversal tells it."""
    name = short_name(reversal.reverses or "")
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
        (recent.NEAR, state.near_days, rules.is_near(reversal.amount_minor, rules.reporting_minor(reversal))),
        (recent.NOVEL, state.novel_days, state.is_novel(reversal.counterparty, day)),
    ):
        if told and _holds(ring[day], amount_minor, inbound=inbound):
            flags |= flag
    apart = state.apart[day * CLASSES + class_of(reversal)]
    if reversal.is_foreign and _holds(apart, amount_minor, inbound=inbound):
        flags |= recent.FOREIGN
    if state.recent.day_of(_reversed(name)) is not None:
        flags |= recent.REVERSED
    elif not _holds(state.days[day], amount_minor, inbound=inbound):
        return None
    return RecentPosting(name, day * DAY_S, amount_minor, flags, reversal.counterparty)


def _holds(tile: Tile, amount_minor: int, *, inbound: bool) -> bool:
    """Whether a posting of that amount can be among those of the tile."""
    return tile.directed_count(inbound=inbound) > 0 and tile.directed_sum(inbound=inbound) >= amount_minor


def _reversed(name: bytes) -> bytes:
    return b"reversed " + name


def _take(state: CustomerState, original: RecentPosting, rules: Rules, hour: int | None) -> None:
    """Out of the tiles that `monitor.learn` put it in."""
    day, amount, inbound, flags = original.day, -original.amount_minor, original.inbound, original.flags
    if hour is not None and hour >= first_hour(state.newest_day):
        state.hours.add(hour, amount, -1, inbound=inbound)
    state.days.add(day, amount, -1, inbound=inbound)
    cash, novel = flags & recent.CASH != 0, flags & recent.NOVEL != 0
    state.months.add(rules.calendar.months[day], amount, -1, 0, inbound=inbound, cash=cash, novel=novel)
    for flag, ring in (
        (recent.CASH, state.cash_days),
        (recent.NOVEL, state.novel_days),
        (recent.NEAR, state.near_days),
    ):
        if flags & flag:
            ring.add(day, amount, -1, inbound=inbound)
    _lower_peak(state, day, original.amount_minor, rules, inbound=inbound)


def _lower_peak(state: CustomerState, day: int, removed_minor: int, rules: Rules, *, inbound: bool) -> None:
    """After a reversal on the month's largest day: the largest among its days that still have tiles."""
    month = rules.calendar.months[day]
    peak = state.months.peak(month, inbound=inbound)
    if state.days[day].directed_sum(inbound=inbound) + removed_minor < peak:
        return
    tiles = [state.days[d] for d in state.days if rules.calendar.months[d] == month]
    largest = max((tile.directed_sum(inbound=inbound) for tile in tiles), default=0)
    state.months.lower_peak(month, largest, inbound=inbound)
