"""How many new counterparties stand on one side of a customer while how many stand on the other."""

from typing import Final, NamedTuple

from monitor.calendar import DAY_S
from monitor.customer_state import DAYS_KEPT, NOVEL_DAYS, CustomerState
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.counterparties import NEVER
from monitor.stats.recent import INBOUND, NOVEL, REVERSED
from monitor.stats.robust import upper_limit_of_rate

WINDOW_WORKING_DAYS: Final = 10
Z: Final = 3.0


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


def degrees_of(state: CustomerState, posting: Posting, rules: Rules) -> Degrees | None:
    """Degrees in the 10 working days ending with the posting; None where its counterparty is no stranger."""
    if not posting.flags & NOVEL:
        return None
    first, last = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS), posting.day
    known, inbound = state.counterparties, posting.inbound
    strangers = int(posting.counterparty not in known)
    others = earlier = 0
    before = first - NOVEL_DAYS
    for key, first_day, last_in_day, last_out_day, _, _ in known:
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
