"""Everything that there is to say of two policies' alerts over the same postings. A is today's policy, B the candidate."""

from dataclasses import dataclass
from typing import Final

from agents.backtest.differences import Difference
from agents.backtest.load import DayLine, Load
from agents.backtest.ranking import Point
from agents.backtest.replayed import AlertSeen, Key, Replayed
from monitor.policy import BANDS

UNKNOWN: Final = "unknown"
"""The segment of a customer without a record."""
GROUPS: Final = "groups"
"""What stands in the place of a segment for groups of connected customers."""
NO_ALERT: Final = "none"
SCORE_STEP: Final = 5
"""Width of a bar of the scores' distribution."""


@dataclass(frozen=True)
class Count:
    """Some alerts, and how many of them are right: on a customer-day with a posting labelled 1."""

    alerts: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share that is right; None without alerts."""
        return self.right / self.alerts if self.alerts else None


@dataclass(frozen=True)
class Row:
    """The alerts of one detector, of one segment or of all, by both policies."""

    name: str
    customer_days: int
    labelled: int
    """Of these customer-days."""
    a: Count
    b: Count
    gained: Count
    lost: Count

    def recall(self, count: Count) -> float | None:
        """The share of the labelled customer-days that these alerts find; None where none is labelled."""
        return count.right / self.labelled if self.labelled else None


@dataclass(frozen=True)
class Ranking:
    """How one policy's scores rank the customer-days."""

    average_precision: float | None
    recall_at_one_percent: float | None
    curve: list[Point]


@dataclass(frozen=True)
class Comparison:
    """Everything that there is to say of the two."""

    a: Replayed
    b: Replayed
    differences: list[Difference]
    is_labelled: bool
    total: Row
    detectors: list[Row]
    """A detector's gained alerts: those in which it takes part by B alone, be the alert itself gained or kept."""
    segments: list[Row]
    bands: dict[tuple[str, str], int]
    """Alerts by their band in A and in B, `none` where one has no such alert."""
    load: tuple[Load, Load]
    days: list[DayLine]
    scores: tuple[list[int], list[int]]
    """Alerts by score, from 0 in steps of `SCORE_STEP`; the last holds 100 too."""
    rankings: tuple[Ranking, Ranking] | None
    gained: list[tuple[Key, AlertSeen]]
    """Highest score first."""
    lost: list[tuple[Key, AlertSeen]]

    def rebanded(self, *, is_up: bool) -> int:
        """How many kept alerts are of a higher band in B than in A; or of a lower one."""
        order = {band: place for place, band in enumerate(BANDS)}
        return sum(
            count
            for (a, b), count in self.bands.items()
            if a in order and b in order and (order[b] - order[a] > 0 if is_up else order[b] - order[a] < 0)
        )

    @property
    def kept(self) -> int:
        """Alerts by both."""
        return self.total.a.alerts - self.total.lost.alerts
