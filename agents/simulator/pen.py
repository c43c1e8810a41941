"""Writes one customer's postings down as they are thought of."""

from typing import TYPE_CHECKING, Final, TypeAlias

from agents.simulator.chance import MASK_64, mix
from agents.simulator.legs import Leg

if TYPE_CHECKING:
    from agents.simulator.profiles import Profile

DAY_S: Final = 86_400
ID_SPREAD: Final = (
    0x9E3779B97F4A7C15  # odd, so that multiplying by it modulo 2**64 keeps distinct numbers distinct
)
_WEEK_BITS: Final = 13
_CUSTOMER_BITS: Final = _WEEK_BITS + 12
SPECIAL_WEEK: Final = (1 << 12) - 1
"""The numbers of planted postings: after those of any real week, so that planting shifts no other number."""

Event: TypeAlias = "tuple[int, int, Profile, Leg, int, int]"
"""Second at which it arrives (from the plan's start, local time), number, customer, kind, party, amount_minor."""


def transaction_id(seed: int, number: int) -> str:
    """Unique for distinct numbers, and telling nothing about them."""
    return f"{(number * ID_SPREAD ^ mix(seed, 5)) & MASK_64:016x}"


class Pen:
    """Adds events to `out`, numbered within one customer and week."""

    __slots__ = ("_customer", "next_number", "out")

    def __init__(self, out: list[Event]) -> None:
        self.out = out
        self.next_number = 0

    def start(self, customer: "Profile", week: int) -> None:
        """Write for that customer from now on."""
        self._customer = customer
        self.next_number = (customer.index << _CUSTOMER_BITS) + (week << _WEEK_BITS)

    def post(self, day: int, second: int, leg: Leg, party: int, amount_minor: int) -> None:
        """One posting at `second` of `day`."""
        self.out.append((day * DAY_S + second, self.next_number, self._customer, leg, party, amount_minor))
        self.next_number += 1
