"""How many new counterparties stand on one side of a customer while how many stand on the other."""

import math
from typing import Final, NamedTuple

from monitor.calendar import DAY_S
from monitor.customer_state import DAYS_KEPT, NOVEL_DAYS, CustomerState
from monitor.policy import DetectorLimit, Rules
from monitor.posting import Posting
from monitor.stats.counterparties import NEVER
from monitor.stats.recent import INBOUND, REVERSED
from monitor.stats.robust import upper_limit_of_rate
from monitor.stats.strangers import odds_of_record

WINDOW_WORKING_DAYS: Final = 10
Z: Final = 3.0
THROUGH_HOURS: Final = 24
THROUGH_DAYS: Final = 3
THROUGH_PAST_DAYS: Final = 30
OVER_USUAL: Final = 3.0
OVER_LARGEST_DAY: Final = 2.0
"""The money that came has to be thrice what usually comes in that time, and twice what came on the largest day of any
earlier month: a salary that is spent is no pass-through, nor is the thirteenth."""


class Degrees(NamedTuple):
    """Distinct counterparties in the window that begins on `first_day`, in the direction of the posting."""

    first_day: int
    strangers: int
    """First seen in the window, on the posting's side."""
    others: int
    """All on the other side."""
    usual: float
    """New ones in as long a time before, at the customer's usual rate."""
    limit: float


def are_few(state: CustomerState, posting: Posting, first: int, limits: DetectorLimit) -> bool:
    """Whether fewer strangers than the threshold can have been met since `first`, or it is not told how many are usual.

    The posting's counterparty is included. The first posting with each was one with a new counterparty, if the customer was
    known well enough then to say so.
    """
    if not are_strangers_told(state, posting.day):
        return True
    return state.is_known(first) and state.novel_days.total(first, posting.day).count + 1 < limits.threshold


def degrees_of(state: CustomerState, posting: Posting, rules: Rules, limits: DetectorLimit) -> Degrees | None:
    """Degrees in the 10 working days ending with the posting, which is with a stranger; None where there are too few."""
    first, last = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS), posting.day
    if are_few(state, posting, first, limits):
        return None
    known, inbound = state.counterparties, posting.inbound
    strangers = int(posting.counterparty not in known)
    others = earlier = 0
    before = first - NOVEL_DAYS
    for key, first_day, last_in_day, last_out_day, _, _ in known.figures():
        mine, theirs = (last_in_day, last_out_day) if inbound else (last_out_day, last_in_day)
        if first_day >= first:
            strangers += first_day <= last and (mine > NEVER or key == posting.counterparty)
        elif first_day >= before:
            earlier += mine > NEVER
        if first <= theirs <= last:
            others += 1
    usual = earlier * (last - first + 1) / NOVEL_DAYS
    if state.counterparties.forgotten:
        usual = max(usual, usual_novel_postings(state, first, last, inbound=posting.inbound))
    return Degrees(first, strangers, others, usual, upper_limit_of_rate(usual, Z) if usual else 0.0)


class BothWays(NamedTuple):
    """New counterparties in a window, what came from the ones having gone to the others."""

    fewer: int
    """The fewer of those who pay and those who are paid."""
    usual: float
    """The same in as long a time before, at the customer's usual rate."""
    limit: float
    first_day: int
    postings: int


def through_strangers(
    state: CustomerState, posting: Posting, rules: Rules, limits: DetectorLimit
) -> BothWays | None:
    """In the 10 working days ending with the posting; None where few are new, or little went through."""
    first, inbound = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS), posting.inbound
    if not are_strangers_told(state, posting.day):
        return None
    flow = state.novel_days.total(first, posting.day)
    if min(flow.in_count + inbound, flow.out_count + (not inbound)) < limits.threshold:
        return None
    in_sum = flow.in_sum + inbound * posting.amount_minor
    out_sum = flow.out_sum + (not inbound) * posting.amount_minor
    if in_sum < limits.floor_minor or min(in_sum, out_sum) < limits.share * max(in_sum, out_sum):
        return None
    return _both_ways(state, posting, first, flow.count + 1)


LEAST_LINK_DAYS: Final = 7
"""In a customer's first week everybody is a stranger."""


def link_grade(state: CustomerState, posting: Posting) -> float:
    """How likely the posting is a link of a chain that carries others' money: 0 for one with a known counterparty.

    At half the log odds: they are of a chain as the formula imagines it, and there are others.
    """
    if posting.link is None or posting.day - state.first_day < LEAST_LINK_DAYS:
        return 0.0
    odds = math.exp(posting.link) * odds_of_record(state.strangers.record(posting.day))
    if posting.other_end is not None:
        odds *= odds_of_record(posting.other_end.record)
    spread = math.sqrt(odds)
    return spread / (1 + spread)


def _both_ways(state: CustomerState, posting: Posting, first: int, postings: int) -> BothWays:
    """Payers and payees first seen from `first` to the posting's day, the posting's counterparty included."""
    last, inbound = posting.day, posting.inbound
    is_unknown = posting.counterparty not in state.counterparties
    payers, payees, earlier_payers, earlier_payees = (
        int(is_unknown and inbound),
        int(is_unknown and not inbound),
        0,
        0,
    )
    for key, first_day, last_in_day, last_out_day, _, _ in state.counterparties.figures():
        is_this = key == posting.counterparty
        pays = last_in_day > NEVER or (is_this and inbound)
        is_paid = last_out_day > NEVER or (is_this and not inbound)
        if first <= first_day <= last:
            payers, payees = payers + pays, payees + is_paid
        elif first - NOVEL_DAYS <= first_day < first:
            earlier_payers, earlier_payees = earlier_payers + pays, earlier_payees + is_paid
    usual = min(earlier_payers, earlier_payees) * (last - first + 1) / NOVEL_DAYS
    if state.counterparties.forgotten:
        usual = max(usual, usual_novel_postings(state, first, last, inbound=None) / 2)
    limit = upper_limit_of_rate(usual, Z) if usual else 0.0
    return BothWays(min(payers, payees), usual, limit, first, postings)


def kept_strangers(state: CustomerState, posting: Posting, first: int, flags: int) -> tuple[set[int], int]:
    """Counterparties in the posting's direction since a day with all those flags, and their sum; the posting included.

    Among the newest postings, of which the strangers' are kept longest (`monitor.stats.recent`): a lower bound.
    """
    wanted = flags | INBOUND if posting.inbound else flags & ~INBOUND
    mask, since_s = flags | INBOUND | REVERSED, first * DAY_S
    keys, total = {posting.counterparty or 0}, posting.amount_minor
    for row_flags, local_s, amount_minor, key in state.recent.figures():
        if row_flags & mask == wanted and local_s >= since_s and key:
            keys.add(key)
            total += amount_minor
    return keys, total


def are_strangers_told(state: CustomerState, day: int) -> bool:
    """Whether it is known how many strangers are usual: from the map or, where it has overflowed, from a month of new ones."""
    return not state.counterparties.forgotten or day - state.first_day >= 2 * NOVEL_DAYS


def usual_novel_postings(state: CustomerState, first: int, last: int, *, inbound: bool | None) -> float:
    """Postings with new counterparties in as long a time as `first` to `last`, at the rate of the kept days before.

    Stands in for the number of new counterparties where the map has overflowed, and with it is a bound from above: who
    meets more strangers than can be remembered is not to be held against the few that are.
    """
    oldest = state.newest_day - DAYS_KEPT + 1
    before = state.novel_days.total(oldest, first - 1)
    count = before.count if inbound is None else before.directed_count(inbound=inbound)
    return count * (last - first + 1) / max(1, first - oldest)


def usual_novel_share(state: CustomerState, first: int, last: int) -> float | None:
    """Share of value with new counterparties outside the window, in all months or in the kept days before: the larger."""
    past = state.months.moved_sum - state.days.total(first, last).sum
    if past <= 0:
        return None
    usual = max(0, state.months.novel_sum - state.novel_days.total(first, last).sum) / past
    oldest = state.newest_day - DAYS_KEPT + 1
    lately = state.days.total(oldest, first - 1).sum
    return max(usual, state.novel_days.total(oldest, first - 1).sum / lately) if lately else usual


class Through(NamedTuple):
    """What came in lately and has left again."""

    share: float
    """Out as a share of in, at most 1."""
    usual: float | None
    """The same in the month before; None where nothing came in."""
    first_day: int
    postings: int


def flow_through(state: CustomerState, posting: Posting, rules: Rules, floor_minor: int) -> Through | None:
    """Of the last 24 hours or 3 days, whichever has the larger share; None unless unusually much came in."""
    if not (state.is_known(posting.day) or state.woke_day):
        return None
    first = posting.day - THROUGH_DAYS + 1
    flow = state.days.total(first, posting.day)
    if flow.in_sum < floor_minor:
        return None
    past = state.days.total(first - THROUGH_PAST_DAYS, first - 1)
    usual_in = past.in_sum * THROUGH_DAYS / THROUGH_PAST_DAYS
    if flow.in_sum < OVER_USUAL * usual_in:
        return None
    peaks = state.months.peaks_before(rules.calendar.months[posting.day], inbound=True)
    if flow.in_sum < OVER_LARGEST_DAY * max(peaks, default=0):
        return None
    share = (flow.out_sum + posting.amount_minor) / flow.in_sum
    short = state.hours.total(posting.hour - THROUGH_HOURS, posting.hour)
    if short.in_sum >= floor_minor:
        share = max(share, (short.out_sum + posting.amount_minor) / short.in_sum)
    usual = min(1.0, past.out_sum / past.in_sum) if past.in_sum else None
    return Through(min(1.0, share), usual, first, flow.count + 1)
