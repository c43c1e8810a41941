"""What a customer moves in 30 days, and moved in earlier months: to be held against what was declared."""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.posting import Posting
from monitor.stats.tiles import Tile

WINDOW_DAYS: Final = 30
PAST_DAYS: Final = 350
"""What thirteen kept months hold before the window, about."""
OVER_USUAL: Final = 1.5
"""What was declared may be old: a customer who always moved more than that has to move half as much again."""
SMALL: Final = 20
"""Nobody is asked at a posting below such a part of the sum that matters: one of its postings is above."""


def moved(state: CustomerState, posting: Posting, least_minor: float) -> Tile | None:
    """What moved in the 30 days ending with the posting, it included.

    None where that is less than `least_minor`, or the posting is a small part of it (`SMALL`): the cheap tests go first.
    """
    amount_minor = posting.amount_minor
    if amount_minor * SMALL < least_minor or state.months.open_sum + amount_minor < least_minor:
        return None
    past = state.days.total(posting.day - WINDOW_DAYS + 1, posting.day)
    if past.sum + amount_minor < least_minor:
        return None
    if posting.inbound:
        return Tile(past.in_count + 1, past.in_sum + amount_minor, past.out_count, past.out_sum)
    return Tile(past.in_count, past.in_sum, past.out_count + 1, past.out_sum + amount_minor)


def usual_month(state: CustomerState, day: int) -> tuple[float, float] | None:
    """What came in and went out in 30 days on average, before the 30 days that end with `day`; None: too little history.

    Of about a year, or of as long as the customer is known.
    """
    first = day - WINDOW_DAYS + 1
    days = min(first - state.first_day, PAST_DAYS)
    if not state.first_day or days < WINDOW_DAYS:
        return None
    lately, past_in, past_out = state.days.total(first, day), 0.0, 0.0
    for _, in_sum, _, out_sum in state.months.moved_since(0):
        past_in += in_sum
        past_out += out_sum
    part = WINDOW_DAYS / days
    return max(0.0, past_in - lately.in_sum) * part, max(0.0, past_out - lately.out_sum) * part
