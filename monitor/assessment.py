"""A customer's risk grade as it was last assessed, and what is remembered of their alerts.

16 bytes at most. Whole numbers only, so that the same state gives the same bytes.
"""

import math
from typing import Final

import msgspec

from monitor.policy import GRADES, UNKNOWN_GRADE
from schemas.customer import RiskGrade

RANK: Final[dict[str | None, int]] = {grade: rank for rank, grade in enumerate(GRADES)} | {
    None: GRADES.index(UNKNOWN_GRADE)
}
"""Index into `GRADES` of a declared grade, or of none."""
NEVER: Final = 0
"""A day before all postings: never assessed, so the first posting is when it is due."""
_TENTHS: Final = 10
_MOST_TENTHS: Final = 2_000
"""Alerts above so many points change nothing that can be told: a score ends at 100, and one half-life later too."""


class Assessment(msgspec.Struct, array_like=True, gc=False):
    """Grades are indices into `GRADES`; days are day numbers."""

    told: int = -1
    """The grade that holds as last published, the declared one included; -1: none yet."""
    assessed: int = 0
    """What the score alone gives."""
    score: int = 0
    """0 to 100."""
    day: int = NEVER
    next_day: int = NEVER
    """The first posting on or after it brings the next assessment."""
    memory: int = 0
    """Points of behaviour in tenths, as of `memory_day`."""
    memory_day: int = NEVER

    def remembered(self, day: int, half_life_days: int) -> float:
        """Points of behaviour that are left on a day."""
        return self.memory / _TENTHS * math.pow(0.5, max(0, day - self.memory_day) / half_life_days)

    def remember(self, points: int, day: int, half_life_days: int) -> None:
        """Add points of behaviour; those of an older date fade from the newest one on, a few days late."""
        left = self.remembered(day, half_life_days)
        self.memory = min(_MOST_TENTHS, round((left + points) * _TENTHS))
        self.memory_day = max(self.memory_day, day)


def effective_grade(declared: str | None, assessed: int) -> RiskGrade:
    """The higher of what the KYC system declared and what was assessed.

    >>> effective_grade("low", 2), effective_grade("high", 0), effective_grade(None, 0)
    ('high', 'high', 'medium')
    """
    rank = RANK[declared]
    return GRADES[max(rank, assessed)]
