"""Which way a customer's amounts lean: how many are round, and how many lie just below the reporting threshold T.

Four counters, fading: halved every 60 days, which is a mean age of 87 days, the 90 of the rules. In one whole number,
16 bits a counter, so that learning a posting is one addition. A posting weighs 8, so it is forgotten after four halvings.
When the counter of all postings is full, at 8,191, all four are halved: shares stay. At most 9 bytes.
"""

import math
from typing import Final

import msgspec

HALVING_DAYS: Final = 60
BELOW: Final = 0.9
"""Just below T: [0.9 T, T)."""
AROUND: Final = (0.5, 1.5)
"""What it is compared with: [0.5 T, 1.5 T)."""
SMOOTH: Final = math.log(1 / BELOW) / math.log(AROUND[1] / AROUND[0])
"""The share of the amounts around T that lie just below it where amounts are log-uniform, knowing no T: 9.6 %."""
_LANE: Final = 16
_WEIGHT: Final = 8
_MASK: Final = 0xFFFF
_FULL: Final = (_MASK - _WEIGHT) << (3 * _LANE)
_BELOW, _AROUND, _ROUND, _ALL = (_WEIGHT << (lane * _LANE) for lane in range(4))


class Leanings(msgspec.Struct, array_like=True, gc=False):
    """Faded counts of postings, exact to an eighth of a posting for each halving."""

    lanes: int = 0
    """From the lowest 16 bits: just below T, around T, round, all; in eighths of a posting."""

    @property
    def below(self) -> float:
        """Postings in [0.9 T, T)."""
        return (self.lanes & _MASK) / _WEIGHT

    @property
    def around(self) -> float:
        """Postings in [0.5 T, 1.5 T)."""
        return (self.lanes >> _LANE & _MASK) / _WEIGHT

    @property
    def round(self) -> float:
        """Postings of round sums."""
        return (self.lanes >> 2 * _LANE & _MASK) / _WEIGHT

    @property
    def all(self) -> float:
        """All postings."""
        return (self.lanes >> 3 * _LANE) / _WEIGHT

    def learn(self, amount_minor: int, reporting_minor: int | None, *, is_round: bool) -> None:
        """Count a posting; `reporting_minor` is the T that applies to it, None where none does."""
        lanes = self.lanes + _ALL + _ROUND if is_round else self.lanes + _ALL
        if reporting_minor is not None and AROUND[0] * reporting_minor <= amount_minor:
            if amount_minor < AROUND[1] * reporting_minor:
                lanes += _AROUND
            if BELOW * reporting_minor <= amount_minor < reporting_minor:
                lanes += _BELOW
        self.lanes = lanes
        if lanes > _FULL:
            self._halve(1)

    def begin_day(self, day: int, newest_day: int) -> None:
        """Let the counts fade, `newest_day` being the last day before."""
        halvings = day // HALVING_DAYS - newest_day // HALVING_DAYS
        if halvings > 0:
            self._halve(halvings)

    def _halve(self, halvings: int) -> None:
        lanes = 0
        for place in range(0, 4 * _LANE, _LANE):
            lanes |= ((self.lanes >> place & _MASK) >> halvings) << place
        self.lanes = lanes


def deviations(below: float, around: float) -> float:
    """How many standard deviations of a binomial count more lie just below T than `SMOOTH` of those around it; 0 if fewer.

    With n postings around T, k of them just below and p = ln(1 / 0.9) / ln(1.5 / 0.5): z = (k - n p) / sqrt(n p (1 - p)).

    >>> round(deviations(5.0, 20.0), 2)
    2.34
    """
    if not around:
        return 0.0
    return max(0.0, (below - around * SMOOTH) / math.sqrt(around * SMOOTH * (1 - SMOOTH)))
