"""What the worker says of itself: its /metrics, read as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_NAME: Final = "ledgerwatch_"
_PUBLISHED: Final = ("alerts", "threshold_reports", "shadow_findings", "grade_changes")


@dataclass(frozen=True, slots=True)
class Measures:
    """One reading. Counts are of postings, since the worker's start."""

    judged: int = 0
    duplicates: int = 0
    reversed: int = 0
    late: int = 0
    dead_letters: dict[str, int] = field(default_factory=dict)
    """By reason."""
    published: int = 0
    """Revisions of alerts and of large-value reports, findings on trial, changes of risk grades."""
    customers: int = 0
    lag: int = 0
    is_ready: bool = False
    judging_seconds: float = 0.0
    """Of customers and of groups: never two batches at once."""
    state_bytes_mean: float = 0.0
    state_bytes: tuple[tuple[float, float], ...] = ()
    """Upper bound in bytes, states not above it; ascending."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read Prometheus' text form; what is not in it counts as zero."""
        read: dict[str, list[Sample]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                read.setdefault(sample.name.removeprefix(_NAME), []).append(sample)
        postings = _by_label(_of_customers(read.get("postings_total", ())), "outcome")
        sizes = _by_label(_of_customers(read.get("state_bytes_bucket", ())), "le")
        return cls(
            judged=postings.get("applied", 0),
            duplicates=postings.get("duplicate", 0),
            reversed=postings.get("reversed", 0),
            late=postings.get("late", 0),
            dead_letters=_by_label(read.get("dead_letters_total", ()), "reason"),
            published=int(sum(_sum(read.get(f"{name}_total", ())) for name in _PUBLISHED)),
            customers=int(_sum(read.get("customers", ()))),
            lag=int(_sum(read.get("lag_records", ()))),
            is_ready=_sum(read.get("ready", ())) == 1,
            judging_seconds=_sum(
                sample for sample in read.get("step_seconds_sum", ()) if sample.labels["step"] == "judge"
            ),
            state_bytes_mean=_sum(_of_customers(read.get("state_bytes_sum", ())))
            / max(1.0, _sum(_of_customers(read.get("state_bytes_count", ())))),
            state_bytes=tuple(sorted((float(bound), float(count)) for bound, count in sizes.items())),
        )

    @property
    def processed(self) -> int:
        """Postings that are done with, one way or another."""
        return self.judged + self.duplicates + self.reversed + sum(self.dead_letters.values())

    def is_through(self, sent: int) -> bool:
        """Whether all of `sent` records are done with."""
        return self.processed >= sent and self.lag == 0

    def state_bytes_at_most(self, share: float) -> float | None:
        """A bound in bytes that this share of the stored states keeps; `None` before any is stored."""
        if not self.state_bytes or not self.state_bytes[-1][1]:
            return None
        stored = self.state_bytes[-1][1]
        return next(bound for bound, count in self.state_bytes if count >= share * stored)


def _of_customers(samples: Iterable[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.labels["stream"] == "customers"]


def _by_label(samples: Iterable[Sample], label: str) -> dict[str, int]:
    return {sample.labels[label]: int(sample.value) for sample in samples}


def _sum(samples: Iterable[Sample]) -> float:
    return float(sum(sample.value for sample in samples))
