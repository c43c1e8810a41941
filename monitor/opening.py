"""When a customer's account was opened, and what was said then."""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.profile import ALWAYS, NO_RECORD, Profile

BOTH_WAYS: Final = 2
"""Capital comes in and is spent, and so is a month's turnover."""


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


def payers_since(state: CustomerState, first_day: int, last_day: int) -> int:
    """Distinct counterparties that paid in last on a day from `first_day` to `last_day`."""
    return sum(first_day <= one.last_in_day <= last_day for one in state.counterparties)
