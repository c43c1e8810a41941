"""When a customer's account was opened, what was said then, and whether it is used as accounts are that were lent to others."""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.policy import DetectorLimit
from monitor.posting import Posting
from monitor.profile import ALWAYS, NO_RECORD, Profile
from monitor.stats.tiles import Tile

BOTH_WAYS: Final = 2
"""Capital comes in and is spent, and so is a month's turnover."""
LEAST_PAYERS: Final = 5
"""As of fan-in."""


def opened_day(state: CustomerState, profile: Profile) -> int | None:
    """The day of opening as declared, or that of an only record, where no posting is older; None: unknown, or older.

    A first posting is no opening: it is when this service was first told of a customer.
    """
    opened = profile.opened_day
    if opened is None and profile.effective_day != ALWAYS and state.packed_earlier == NO_RECORD:
        opened = profile.effective_day
    return None if opened is None or 0 < state.first_day < opened else opened


def declared_minor(profile: Profile) -> int:
    """What may move in the first month by what was declared, both directions, minor units; 0 where nothing was."""
    return max(
        BOTH_WAYS * (profile.capital_minor or 0),
        BOTH_WAYS * (profile.turnover_minor or 0),
        BOTH_WAYS * (profile.income_minor or 0),
        profile.volume_minor or 0,
    )


def is_passed_on(
    state: CustomerState, posting: Posting, flow: Tile, limits: DetectorLimit, first_day: int
) -> bool:
    """Whether since `first_day` many have paid in, the floor or more, and `share` of it has left with this posting.

    `flow`: what moved since that day, the posting apart.
    """
    if flow.in_sum < limits.floor_minor or flow.out_sum + posting.amount_minor < limits.share * flow.in_sum:
        return False
    payers = sum(first_day <= one.last_in_day <= posting.day for one in state.counterparties)
    return payers >= LEAST_PAYERS
