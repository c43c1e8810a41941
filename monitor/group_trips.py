"""Ways of money through a group that end where they began."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitor.calendar import BankCalendar
from monitor.group_state import Leg

ALIKE: Final = 0.9
"""Two amounts are of the same money if the smaller is at least so much of the larger: fees, and what was kept."""
MOST_LEGS: Final = 6


def longest_trip(legs: Sequence[Leg], new: Leg, calendar: BankCalendar, working_days: int) -> list[Leg]:
    """The round trip with the most transfers that `new` is part of, in its order from `new` on; empty if there is none.

    All in so many working days and of about the same amount, none passing a member twice, and in the order of their days
    from one of them on: `new` may be heard of late, and need not be the last.
    """
    alike = [
        leg
        for leg in legs
        if ALIKE * new.amount_minor <= leg.amount_minor and ALIKE * leg.amount_minor <= new.amount_minor
    ]
    found = (
        trip
        for trip in _rounds([new], alike)
        if _is_in_order(trip) and _is_within(trip, calendar, working_days)
    )
    return max(found, key=len, default=[])


def _rounds(way: list[Leg], legs: Sequence[Leg]) -> Iterator[list[Leg]]:
    """All that begin with the way and end with the member with whom it begins."""
    passed = {leg.taker for leg in way}
    for leg in legs:
        if leg.giver != way[-1].taker:
            continue
        if leg.taker == way[0].giver:
            yield [*way, leg]
        elif leg.taker not in passed and len(way) + 1 < MOST_LEGS:
            yield from _rounds([*way, leg], legs)


def _is_in_order(trip: list[Leg]) -> bool:
    """Whether the days ascend all the way round, but for the one step from the last transfer back to the first."""
    following = [*trip[1:], trip[0]]
    return sum(leg.day > after.day for leg, after in zip(trip, following, strict=True)) <= 1


def _is_within(trip: list[Leg], calendar: BankCalendar, working_days: int) -> bool:
    last = max(leg.day for leg in trip)
    return min(leg.day for leg in trip) >= calendar.start_of_window(last, working_days)
