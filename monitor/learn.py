"""Before judging: how a posting stands to the past. After judging: the past includes it."""

from monitor.calendar import DAY_S, HOUR_S
from monitor.customer_state import (
    DAYS_KEPT,
    DORMANT_DAYS,
    HOURS_KEPT,
    MONTHS_KEPT,
    NOVEL_DAYS,
    REPORT_DAYS,
    YOUNG_DAYS,
    CustomerState,
)
from monitor.memo import forget_alerts
from monitor.passing import CHANNELS
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.report_rules import CLASSES, class_of
from monitor.stats import recent
from monitor.stats.counterparties import country_key
from monitor.stats.standings import log_ways


def learn(state: CustomerState, posting: Posting, rules: Rules) -> None:
    """Add the posting to every statistic. The caller has made sure that it is no duplicate and not too late."""
    day, amount, inbound, flags = posting.day, posting.amount_minor, posting.inbound, posting.flags
    if day > state.newest_day:
        _begin_day(state, day, rules)
    hour = posting.local_s // HOUR_S
    _count(state, posting, rules, hour)
    if posting.counterparty is not None:
        state.counterparties.learn(posting.counterparty, day, inbound=inbound)
    state.accounts.learn(posting.account, day)
    state.shape.learn(hour % 24, int(str(amount)[0]))
    if posting.is_foreign or posting.in_foreign_currency:
        _learn_apart(state, posting, rules)
    state.leanings.learn(amount, rules.reporting_minor(posting), is_round=posting.is_round)
    usual = 1.0
    if posting.departure is not None:
        usual = 1.0 - posting.explained
        state.episode.learn(posting.departure, posting.explained, posting.at_s)
    state.strangers.learn(day, posting.link, inbound=inbound)
    if posting.match is not None:
        state.passing.learn(posting, posting.match)
    (state.amounts_in if inbound else state.amounts_out).learn(amount, day, usual)
    kept = flags & recent.KEPT_FLAGS
    state.recent.learn(posting.name, posting.local_s, amount, kept, posting.counterparty, state.oldest_day)


def _count(state: CustomerState, posting: Posting, rules: Rules, hour: int) -> None:
    """In the tiles of its hour, day and month; `monitor.reversing` takes it out of them."""
    day, amount, inbound, flags = posting.day, posting.amount_minor, posting.inbound, posting.flags
    if hour >= first_hour(state.newest_day):
        state.hours.add(hour, amount, 1, inbound=inbound)
    day_sum = state.days.add(day, amount, 1, inbound=inbound)
    cash, novel = flags & recent.CASH != 0, flags & recent.NOVEL != 0
    month = rules.calendar.month(day)
    state.months.add(month, amount, 1, day_sum, inbound=inbound, cash=cash, novel=novel)
    if cash:
        state.cash_days.add(day, amount, 1, inbound=inbound)
    if novel:
        state.novel_days.add(day, amount, 1, inbound=inbound)
    if flags & recent.NEAR:
        state.near_days.add(day, amount, 1, inbound=inbound)


def _learn_apart(state: CustomerState, posting: Posting, rules: Rules) -> None:
    """What crosses a border, or is in another currency."""
    day, amount, inbound = posting.day, posting.amount_minor, posting.inbound
    if posting.is_foreign and posting.country is not None:
        state.countries.learn(country_key(posting.country), day)
        if posting.country in rules.lists.high_risk_countries:
            state.risky_days.add(day, amount, 1, inbound=inbound)
    if day > state.newest_day - REPORT_DAYS:
        state.apart.add(day * CLASSES + class_of(posting), amount, 1, inbound=inbound)


def weigh(state: CustomerState, posting: Posting, rules: Rules) -> None:
    """Note in the posting how it stands to the customer's past: what several detectors and `learn` ask for, once."""
    day, key, inbound = posting.day, posting.counterparty, posting.inbound
    met_day = None if key is None else state.counterparties.first_day(key)
    is_novel = key is not None and state.is_known(day) and (met_day is None or day - met_day < NOVEL_DAYS)
    habit = state.amounts_in if inbound else state.amounts_out
    weighed, away = habit.weigh(posting.amount_minor, day), 0.0
    if weighed is not None:
        posting.departure, posting.explained = state.episode.bounded(weighed.log_ratio, posting.at_s)
        away = weighed.away
    if key is not None and met_day is None:
        posting.other_end = None if posting.peers is None else posting.peers.standing(key)
        posting.link = state.strangers.log_odds(day, state.first_day, away, inbound=inbound)
        posting.link += log_ways(posting.other_end, inbound=inbound)
    posting.flags = _flags(state, posting, rules, is_novel=is_novel)
    if posting.channel in CHANNELS:
        posting.match = state.passing.weigh(posting, state.first_day, is_known=met_day is not None)


def _flags(state: CustomerState, posting: Posting, rules: Rules, *, is_novel: bool) -> int:
    """What kind of posting this is for this customer, and what is so when it comes."""
    flags = recent.INBOUND if posting.inbound else 0
    if posting.channel == "cash":
        flags |= recent.CASH
    if rules.is_near(posting):
        flags |= recent.NEAR
    if is_novel:
        flags |= recent.NOVEL
    if posting.is_foreign:
        flags |= recent.FOREIGN
    if posting.is_round:
        flags |= recent.ROUND
    if posting.is_entity:
        flags |= recent.ENTITY
    if is_novel or posting.link is not None:
        flags |= recent.STRANGER
    since_s = posting.local_s - state.recent.newest_s
    if since_s < DAY_S:
        flags |= recent.WITHIN_HOUR | recent.WITHIN_DAY if since_s < HOUR_S else recent.WITHIN_DAY
    if posting.day - state.first_day <= YOUNG_DAYS or not state.first_day:
        flags |= recent.YOUNG
    if state.woke_day or (state.newest_day and posting.day - state.newest_day >= DORMANT_DAYS):
        flags |= recent.WOKEN
    if state.accounts.are_several_with(posting.account):
        flags |= recent.ACCOUNTS
    return flags


def _begin_day(state: CustomerState, day: int, rules: Rules) -> None:
    if state.newest_day and day - state.newest_day >= DORMANT_DAYS:
        state.woke_day = day
    if not state.first_day:
        state.first_day = day
    state.leanings.begin_day(day, state.newest_day)
    state.newest_day, oldest_day = day, day - DAYS_KEPT + 1
    state.hours.drop_before(first_hour(day))
    state.days.drop_before(oldest_day)
    for ring in (state.cash_days, state.near_days, state.novel_days, state.risky_days):
        if ring.index:
            ring.drop_before(oldest_day)
    if state.apart.index:
        state.apart.drop_before((day - REPORT_DAYS + 1) * CLASSES)
    if state.has_reports:
        state.forget_reports()
    if state.has_alerts:
        forget_alerts(state)
    if state.raised.rows:
        state.raised.drop(day, rules.quiet_days)
    month = rules.calendar.month
    state.months.roll(month(max(0, oldest_day)), month(day) - MONTHS_KEPT + 1)


def first_hour(newest_day: int) -> int:
    """Hour tiles are kept for the newest business date and the one before it."""
    return newest_day * 24 - HOURS_KEPT + 24
