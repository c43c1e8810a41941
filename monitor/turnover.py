"""What a customer moves in 30 days, and moved in earlier months: to be held against what was declared."""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.posting import Posting
from monitor.stats.tiles import Tile

WINDOW_DAYS: Final = 30
SMALL: Final = 20
"""Nobody is asked at a posting below so small a part of the floor: a sum that matters has some that is not."""


def moved(state: CustomerState, posting: Posting, floor_minor: int) -> Tile | None:
    """What moved in the 30 days ending with the posting, it included; None where it, or all of it, is below the floor."""
    amount_minor = posting.amount_minor
    if amount_minor * SMALL < floor_minor:
        return None
    past = state.days.total(posting.day - WINDOW_DAYS + 1, posting.day)
    if past.sum + amount_minor < floor_minor:
        return None
    if posting.inbound:
        return Tile(past.in_count + 1, past.in_sum + amount_minor, past.out_count, past.out_sum)
    return Tile(past.in_count, past.in_sum, past.out_count + 1, past.out_sum + amount_minor)


def usual_month(state: CustomerState, month: int) -> tuple[float, float] | None:
    """What came in and went out in a month before `month`, on average; the customer's first, which is no whole one, apart."""
    whole = [one for one in state.months.each() if one.month < month][1:]
    if not whole:
        return None
    return sum(one.in_sum for one in whole) / len(whole), sum(one.out_sum for one in whole) / len(whole)
