"""One batch of records on its way through the engine: what goes in, what is counted, what comes out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeVar

from monitor.alerting import trust_of
from monitor.detector import Detector, Observation, part_of
from monitor.intake import Refusal
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.scoring import joined
from schemas import (
    Alert,
    Customer,
    DeadLetter,
    GroupPosting,
    RiskGradeChange,
    ShadowFinding,
    ThresholdReport,
)

T = TypeVar("T")


class Record(Protocol):
    """A record as Kafka clients give it; `timestamp` in milliseconds, -1 for none."""

    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102


class Stored(Protocol):
    """Where states are: stored forms by customer_id or group_id (UTF-8)."""

    def get(self, key: bytes, /) -> bytes | None:
        """The stored form, or None for one never seen."""


class Judges(Protocol):
    """An engine: of customers, or of groups."""

    def process(self, records: Sequence[Record], stored: Stored) -> "Outcome":
        """Apply one partition's records, in the order of their offsets."""


class Message(Protocol):
    """A record to be published."""

    def message_key(self) -> bytes: ...  # noqa: D102
    def to_json(self) -> bytes: ...  # noqa: D102


class ScoredPosting(NamedTuple):
    """How one posting ranks: `score` 0 to 100; `detector`: the one that contributed most, if any did.

    `day` is its business date as a day number; `findings` are the detectors that fired at it, in the catalogue's order.
    """

    transaction_id: str
    customer_id: str
    score: float
    detector: str | None
    day: int
    findings: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        posting: Posting,
        rules: Rules,
        observations: Sequence[tuple[Detector, Observation]],
        fired: Sequence[tuple[Detector, Observation]],
    ) -> "ScoredPosting":
        """What was observed at a posting, `fired` of it as findings."""
        trust = trust_of(posting)
        parts = [
            (part_of(seen, rules.limits[d.id].weight, trust(d.id)), d.id, d.family or d.id)
            for d, seen in observations
        ]
        strongest = max(parts, default=(0.0, "", ""))
        return cls(
            posting.transaction_id,
            posting.customer_id,
            joined((family, part) for part, _, family in parts),
            strongest[1] if strongest[0] else None,
            posting.day,
            tuple(detector.id for detector, _ in fired),
        )


@dataclass(slots=True)
class Tally:
    """What happened to the records, as counts."""

    applied: int = 0
    reversed: int = 0
    fenced: int = 0
    duplicates: int = 0
    late: int = 0
    too_late: int = 0
    """Of a group's: too old to be added to its days. In the member's own state they are."""
    customers: int = 0
    unknown_fields: int = 0
    without_record: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    grade_changes: Counter[str] = field(default_factory=Counter)
    """By the new grade."""

    def add(self, other: "Tally") -> None:
        """Add another batch's counts."""
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, part.name, mine + theirs)


@dataclass(slots=True)
class Outcome:
    """What has to be published and stored, in this order: first the messages, then the states."""

    alerts: list[Alert] = field(default_factory=list)
    threshold_reports: list[ThresholdReport] = field(default_factory=list)
    risk_grades: list[RiskGradeChange] = field(default_factory=list)
    shadow_findings: list[ShadowFinding] = field(default_factory=list)
    group_postings: list[GroupPosting] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    states: dict[bytes, bytes] = field(default_factory=dict)
    """The stored form of every customer, or group, in the batch, those whose records were all applied before included."""
    tally: Tally = field(default_factory=Tally)
    scores: list[ScoredPosting] | None = None
    newest_day: int = 0
    """The latest business date of a posting that was applied; 0: none was."""

    def messages(self) -> Iterator[tuple[str, Sequence[Message]]]:
        """What has to be published, by the name of its topic, in the order of publishing; kinds without any are left out."""
        for topic, messages in (
            ("alerts", self.alerts),
            ("threshold-reports", self.threshold_reports),
            ("risk-grades", self.risk_grades),
            ("shadow-findings", self.shadow_findings),
            ("group-postings", self.group_postings),
            ("dead-letters", self.dead_letters),
        ):
            if messages:
                yield topic, messages


Work = tuple[int, Record, Posting | Customer]
"""A record that was read: its place in the batch, the record, and what it holds."""


class Batch:
    """One batch in hand: what comes out keeps its record's place, to be put in the records' order at the end."""

    def __init__(self, *, keep_scores: bool) -> None:
        self.alerts: list[tuple[int, Alert]] = []
        self.threshold_reports: list[tuple[int, ThresholdReport]] = []
        self.risk_grades: list[tuple[int, RiskGradeChange]] = []
        self.shadow_findings: list[tuple[int, ShadowFinding]] = []
        self.group_postings: list[tuple[int, GroupPosting]] = []
        self.dead_letters: list[tuple[int, DeadLetter]] = []
        self.scores: list[tuple[int, ScoredPosting]] | None = [] if keep_scores else None
        self.tally = Tally()
        self.newest_day = 0

    def refuse(self, place: int, record: Record, refusal: Refusal) -> None:
        """Set the record aside."""
        self.dead_letters.append((place, _dead_letter(record, refusal)))

    def regrade(self, place: int, change: RiskGradeChange | None) -> None:
        """Write down and count that a customer's risk grade changed, if it did."""
        if change is not None:
            self.risk_grades.append((place, change))
            self.tally.grade_changes[change.grade] += 1

    def outcome(self, states: dict[bytes, bytes]) -> Outcome:
        """Everything in the order of the records."""
        return Outcome(
            alerts=_in_order(self.alerts),
            threshold_reports=_in_order(self.threshold_reports),
            risk_grades=_in_order(self.risk_grades),
            shadow_findings=_in_order(self.shadow_findings),
            group_postings=_in_order(self.group_postings),
            dead_letters=_in_order(self.dead_letters),
            states=states,
            tally=self.tally,
            scores=None if self.scores is None else _in_order(self.scores),
            newest_day=self.newest_day,
        )


def _in_order(placed: list[tuple[int, T]]) -> list[T]:
    placed.sort(key=itemgetter(0))
    return [item for _, item in placed]


def _dead_letter(record: Record, refusal: Refusal) -> DeadLetter:
    return DeadLetter.of(
        refusal.reason,
        refusal.detail,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
        key=record.key,
        value=record.value,
    )
