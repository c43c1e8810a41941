"""What the newest postings and the months before them say: asked by several detectors, once a cheap question has passed."""

from collections.abc import Iterator
from typing import NamedTuple

from monitor.calendar import DAY_S
from monitor.customer_state import NOVEL_DAYS, CustomerState
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import INBOUND, REVERSED


class Flow(NamedTuple):
    """Days, and what moved on them in one direction, minor units."""

    days: int
    moved: int
    postings: int


def kept_between(state: CustomerState, from_s: int, to_s: int) -> Iterator[tuple[int, int, int]]:
    """Flags, amount_minor and counterparty (0: none) of the kept postings from `from_s` up to before `to_s`, none reversed.

    Seconds on the bank's wall clock. Of a very active customer's window these are the newest 14.
    """
    for flags, local_s, amount_minor, counterparty in state.recent.figures():
        if from_s <= local_s < to_s and not flags & REVERSED:
            yield flags, amount_minor, counterparty


def kept_on(state: CustomerState, first_day: int, last_day: int) -> Iterator[tuple[int, int, int]]:
    """`kept_between` for the days `first_day` to `last_day`, both included."""
    return kept_between(state, first_day * DAY_S, (last_day + 1) * DAY_S)


def names_with(state: CustomerState, counterparty: int, first_day: int, last_day: int) -> tuple[bytes, ...]:
    """The names of the kept postings with a counterparty (its key) on the days from `first_day` to `last_day`."""
    return tuple(
        one.name
        for one in state.recent
        if one.counterparty == counterparty and first_day <= one.day <= last_day and not one.flags & REVERSED
    )


def flow_with(state: CustomerState, posting: Posting, first_day: int) -> Flow:
    """What moved in the posting's direction from `first_day` on, up to and with the posting."""
    tile, inbound = state.days.total(first_day, posting.day), posting.inbound
    moved = tile.directed_sum(inbound=inbound) + posting.amount_minor
    return Flow(posting.day - first_day + 1, moved, tile.directed_count(inbound=inbound) + 1)


def busiest_rate(state: CustomerState, day: int) -> float:
    """Postings a day with the busiest of the counterparties known for `NOVEL_DAYS` or more; 0 where there is none."""
    return max(
        (
            (one.in_count + one.out_count) / (day - one.first_day)
            for one in state.counterparties
            if day - one.first_day >= NOVEL_DAYS
        ),
        default=0.0,
    )


def largest_kept(state: CustomerState, posting: Posting, first_day: int) -> int:
    """The largest kept posting in the posting's direction since `first_day`, itself included, minor units."""
    way = INBOUND if posting.inbound else 0
    amounts = (
        amount for flags, amount, _ in kept_on(state, first_day, posting.day) if flags & INBOUND == way
    )
    return max(posting.amount_minor, max(amounts, default=0))


def flow_before(
    state: CustomerState, first_day: int, days: int, rules: Rules, *, inbound: bool
) -> Flow | None:
    """What moved in one direction in the whole months that begin in the last `days` days before `first_day`.

    Up to the day before `first_day`. None where the tiles of the days since then are no longer kept, and for a customer
    who had no day before it.
    """
    if first_day < state.oldest_day or not 0 < state.first_day < first_day:
        return None
    month = rules.calendar.months[first_day - days] + 1
    since = max(rules.calendar.month_start(month), state.first_day)
    after = state.days.total(first_day, state.newest_day)
    moved, count = -after.directed_sum(inbound=inbound), -after.directed_count(inbound=inbound)
    for in_count, in_sum, out_count, out_sum in state.months.moved_since(month):
        moved += round(in_sum if inbound else out_sum)
        count += round(in_count if inbound else out_count)
    return Flow(first_day - since, max(0, moved), max(0, count)) if since < first_day else None
