"""Before judging: how a posting stands to the past. After judging: the past includes it.

Both in steps, each taken with all customers in hand before the next: a step's code is then in the processor's cache.
"""

from collections.abc import Sequence

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
from monitor.detector import Question
from monitor.memo import forget_alerts
from monitor.passing import CHANNELS
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.report_rules import CLASSES, class_of
from monitor.stats import recent
from monitor.stats.counterparties import country_key
from monitor.stats.habits import IMPROBABLE
from monitor.stats.standings import log_ways


def weigh(questions: Sequence[Question]) -> None:
    """Note in each posting how it stands to its customer's past: what several detectors and `learn` ask for, once.

    One posting of each customer.
    """
    _weigh_amounts(questions)
    _weigh_counterparties(questions)
    _weigh_flows(questions)
    _flag(questions)


def learn(questions: Sequence[Question]) -> None:
    """Add each posting to every statistic of its customer's: one posting of each customer, weighed before.

    The caller has made sure that none is a duplicate or too late.
    """
    _begin_days(questions)
    _count(questions)
    _meet(questions)
    _shape(questions)
    _learn_amounts(questions)
    _learn_flows(questions)
    _keep(questions)


def _weigh_amounts(questions: Sequence[Question]) -> None:
    """How the amount stands to the customer's usual ones, and to the reporting threshold."""
    for state, posting, rules in questions:
        posting.reporting_minor = rules.reporting_minor(posting)
        habit = state.amounts_in if posting.inbound else state.amounts_out
        weighed = habit.weigh(posting.amount_minor, posting.day)
        if weighed is None:
            continue
        posting.departure, posting.away = weighed.log_ratio, weighed.away
        if posting.departure >= IMPROBABLE:
            posting.departure, posting.explained = state.episode.bounded(posting.departure, posting.at_s)
            posting.flags |= recent.ABOVE


def _weigh_counterparties(questions: Sequence[Question]) -> None:
    """Whether the customer has met the counterparty before, and what else is known of it."""
    for state, posting, _ in questions:
        day, key, inbound = posting.day, posting.counterparty, posting.inbound
        if key is None:
            continue
        met_day = state.counterparties.first_day(key)
        if (met_day is None or day - met_day < NOVEL_DAYS) and state.is_known(day):
            posting.flags |= recent.NOVEL | recent.STRANGER
        if met_day is None:
            posting.flags |= recent.STRANGER
            posting.other_end = None if posting.peers is None else posting.peers.standing(key)
            posting.link = state.strangers.log_odds(day, state.first_day, posting.away, inbound=inbound)
            posting.link += log_ways(posting.other_end, inbound=inbound)


def _weigh_flows(questions: Sequence[Question]) -> None:
    """Whether money only passes."""
    for state, posting, _ in questions:
        if posting.channel in CHANNELS:
            is_known = posting.counterparty is not None and posting.link is None
            posting.match = state.passing.weigh(posting, state.first_day, is_known=is_known)


def _flag(questions: Sequence[Question]) -> None:
    """What kind of posting this is for this customer, and what is so when it comes."""
    for state, posting, rules in questions:
        flags = posting.flags | recent.INBOUND if posting.inbound else posting.flags
        if posting.channel == "cash":
            flags |= recent.CASH
        if rules.is_near(posting.amount_minor, posting.reporting_minor):
            flags |= recent.NEAR
        if posting.is_foreign:
            flags |= recent.FOREIGN
        if posting.is_round:
            flags |= recent.ROUND
        if posting.is_entity:
            flags |= recent.ENTITY
        since_s = posting.local_s - state.recent.newest_s
        if since_s < DAY_S:
            flags |= recent.WITHIN_HOUR | recent.WITHIN_DAY if since_s < HOUR_S else recent.WITHIN_DAY
        if posting.day - state.first_day <= YOUNG_DAYS or not state.first_day:
            flags |= recent.YOUNG
        if state.woke_day or (state.newest_day and posting.day - state.newest_day >= DORMANT_DAYS):
            flags |= recent.WOKEN
        if state.accounts.are_several_with(posting.account):
            flags |= recent.ACCOUNTS
        posting.flags = flags


def _begin_days(questions: Sequence[Question]) -> None:
    """Where a posting's day is the customer's newest: let go of what is too old on it."""
    for state, posting, rules in questions:
        day, newest_day = posting.day, state.newest_day
        if day <= newest_day:
            continue
        if newest_day and day - newest_day >= DORMANT_DAYS:
            state.woke_day = day
        if not state.first_day:
            state.first_day = day
        state.leanings.begin_day(day, newest_day)
        state.newest_day, oldest_day = day, day - DAYS_KEPT + 1
        state.hours.drop_before(first_hour(day))
        state.days.drop_before(oldest_day)
        for ring in (state.cash_days, state.near_days, state.novel_days, state.risky_days):
            if ring.past or ring.index < oldest_day:
                ring.drop_before(oldest_day)
        if state.apart.index:
            state.apart.drop_before((day - REPORT_DAYS + 1) * CLASSES)
        if state.has_reports:
            state.forget_reports()
        if state.has_alerts:
            forget_alerts(state)
        if state.raised.rows:
            state.raised.drop(day, rules.quiet_days)
        months = rules.calendar.months
        state.months.roll(months[max(0, oldest_day)], months[day] - MONTHS_KEPT + 1)


def _count(questions: Sequence[Question]) -> None:
    """In the tiles of its hour, day and month; `monitor.reversing` takes it out of them."""
    for state, posting, rules in questions:
        day, amount, inbound, flags = posting.day, posting.amount_minor, posting.inbound, posting.flags
        hour = posting.local_s // HOUR_S
        if hour >= first_hour(state.newest_day):
            state.hours.add(hour, amount, 1, inbound=inbound)
        day_sum = state.days.add(day, amount, 1, inbound=inbound)
        cash, novel = flags & recent.CASH != 0, flags & recent.NOVEL != 0
        month = rules.calendar.months[day]
        state.months.add(month, amount, 1, day_sum, inbound=inbound, cash=cash, novel=novel)
        if cash:
            state.cash_days.add(day, amount, 1, inbound=inbound)
        if novel:
            state.novel_days.add(day, amount, 1, inbound=inbound)
        if flags & recent.NEAR:
            state.near_days.add(day, amount, 1, inbound=inbound)
        if posting.is_foreign or posting.in_foreign_currency:
            _count_apart(state, posting, rules)


def _count_apart(state: CustomerState, posting: Posting, rules: Rules) -> None:
    """What crosses a border, or is in another currency."""
    day, amount, inbound = posting.day, posting.amount_minor, posting.inbound
    if posting.is_foreign and posting.country is not None:
        state.countries.learn(country_key(posting.country), day)
        if posting.country in rules.lists.high_risk_countries:
            state.risky_days.add(day, amount, 1, inbound=inbound)
    if day > state.newest_day - REPORT_DAYS:
        state.apart.add(day * CLASSES + class_of(posting), amount, 1, inbound=inbound)


def _meet(questions: Sequence[Question]) -> None:
    """With whom, by which account, and whether it was a stranger."""
    for state, posting, _ in questions:
        day, inbound = posting.day, posting.inbound
        if posting.counterparty is not None:
            state.counterparties.learn(posting.counterparty, day, inbound=inbound)
        state.accounts.learn(posting.account, day)
        state.strangers.learn(day, posting.link, inbound=inbound)


def _shape(questions: Sequence[Question]) -> None:
    """At which hour, and how the amount is written."""
    for state, posting, _ in questions:
        amount = posting.amount_minor
        state.shape.learn(posting.local_s // HOUR_S % 24, int(str(amount)[0]))
        state.leanings.learn(amount, posting.reporting_minor, is_round=posting.is_round)


def _learn_amounts(questions: Sequence[Question]) -> None:
    """How large, and whether that was a departure."""
    for state, posting, _ in questions:
        if posting.departure is not None:
            state.episode.learn(posting.departure, posting.explained, posting.at_s)
        habit = state.amounts_in if posting.inbound else state.amounts_out
        habit.learn(posting.amount_minor, posting.day, 1.0 - posting.explained)


def _learn_flows(questions: Sequence[Question]) -> None:
    """What came in may be passed on."""
    for state, posting, _ in questions:
        if posting.match is not None:
            state.passing.learn(posting, posting.match)


def _keep(questions: Sequence[Question]) -> None:
    """The posting itself: it may be evidence, be reversed, or come again."""
    for state, posting, _ in questions:
        kept, at_s, amount = posting.flags & recent.KEPT_FLAGS, posting.local_s, posting.amount_minor
        state.recent.learn(posting.name, at_s, amount, kept, posting.counterparty, state.oldest_day)


def first_hour(newest_day: int) -> int:
    """Hour tiles are kept for the newest business date and the one before it."""
    return newest_day * 24 - HOURS_KEPT + 24
