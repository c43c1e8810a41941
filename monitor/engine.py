"""The service without hands: one partition's records in, alerts, dead letters and changed states out.

Pure and deterministic. Bad input becomes a dead letter; an exception is a defect, and the caller stops at it. States are
changed in place: a caller that fails before they are stored has to drop them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final, NamedTuple, Protocol

from monitor.alerting import may_alert, revise
from monitor.catalogue import DETECTORS
from monitor.customer_state import CustomerState
from monitor.intake import Intake, Refusal
from monitor.judge import judge
from monitor.learn import learn, original_of, unlearn
from monitor.policy import Policy, Rules
from monitor.posting import Posting
from monitor.scoring import contribution, joined
from monitor.stats.recent import REVERSED, RecentPosting
from schemas import Alert, DeadLetter, DeadLetterReason

MAX_VALUE_BYTES: Final = 65_536
"""Largest record that is read: a posting is below 2 KiB."""


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


class StateSource(Protocol):
    """Where states are."""

    def load(self, key: bytes) -> CustomerState:
        """The stored state of the customer with that id (UTF-8), or a new one. The engine changes it in place."""


class ScoredPosting(NamedTuple):
    """How one posting ranks: `score` 0 to 100; `detector`: the one that contributed most, if any observed."""

    transaction_id: str
    customer_id: str
    score: float
    detector: str | None


@dataclass(slots=True)
class Tally:
    """What happened to the records, as counts."""

    applied: int = 0
    reversed: int = 0
    fenced: int = 0
    duplicates: int = 0
    late: int = 0
    customers: int = 0
    unknown_fields: int = 0
    without_record: int = 0
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add another batch's counts."""
        for part in fields(self):
            if part.name != "findings":
                setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))
        self.findings.update(other.findings)


@dataclass(slots=True)
class Outcome:
    """What has to be published and stored, in this order: alerts and dead letters, then the touched states."""

    alerts: list[Alert] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    touched: dict[bytes, CustomerState] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    scores: list[ScoredPosting] | None = None


class Engine:
    """Judges and learns by one policy."""

    def __init__(
        self,
        policy: Policy,
        *,
        transactions_topic: str = "transactions",
        customers_topic: str = "customers",
        max_value_bytes: int = MAX_VALUE_BYTES,
        keep_scores: bool = False,
    ) -> None:
        self._policy = policy
        self._intake = Intake(policy, max_value_bytes)
        self._transactions_topic = transactions_topic
        self._customers_topic = customers_topic
        self._keep_scores = keep_scores
        self._detectors = {detector.id: detector for detector in DETECTORS}

    def process(self, records: Sequence[Record], states: StateSource) -> Outcome:
        """Apply one partition's records, in the order of their offsets; of either topic, told apart by `topic`."""
        outcome = Outcome(scores=[] if self._keep_scores else None)
        for record in records:
            if record.topic == self._transactions_topic:
                refusal = self._transaction(record, states, outcome)
            elif record.topic == self._customers_topic:
                refusal = self._customer(record, states, outcome)
            else:
                raise ValueError(f"no such source topic: {record.topic}")
            if refusal is not None:
                outcome.dead_letters.append(_dead_letter(record, refusal))
        return outcome

    def _transaction(self, record: Record, states: StateSource, outcome: Outcome) -> Refusal | None:
        read = self._intake.posting(record.key, record.value, record.timestamp)
        if isinstance(read, Refusal):
            return read
        posting, unknown_fields = read
        tally = outcome.tally
        state = _touch(record, states, outcome)
        if record.offset <= state.transactions_offset:
            tally.fenced += 1
            return None
        state.transactions_offset = record.offset
        tally.unknown_fields += unknown_fields
        if posting.day < state.oldest_day:
            return Refusal(
                DeadLetterReason.TOO_LATE, "booked_at: before the oldest day kept for this customer"
            )
        if posting.transaction_id in state.recent:
            tally.duplicates += 1
            return None
        if posting.day < state.newest_day:
            tally.late += 1
        if state.kind is None:
            tally.without_record += 1
        rules = self._policy.rules_for(state.kind, state.risk_grade)
        if posting.reverses is not None:
            return self._reverse(state, posting, rules, tally)
        self._apply(state, posting, rules, outcome)
        tally.applied += 1
        return None

    def _apply(self, state: CustomerState, posting: Posting, rules: Rules, outcome: Outcome) -> None:
        """Judge, then learn, then say what is new."""
        observations = judge(state, posting, rules, DETECTORS) if may_alert(state, posting) else []
        learn(state, posting, rules)
        found = [(detector, seen) for detector, seen in observations if seen.observed >= seen.threshold]
        for detector, _ in found:
            outcome.tally.findings[detector.id] += 1
        alert = revise(state, posting, found, self._policy, rules, self._detectors)
        if alert is not None:
            outcome.alerts.append(alert)
        if outcome.scores is not None:
            parts = [
                (contribution(rules.limits[d.id].weight, seen.strength), d.id) for d, seen in observations
            ]
            outcome.scores.append(
                ScoredPosting(
                    posting.transaction_id,
                    posting.customer_id,
                    joined(part for part, _ in parts),
                    max(parts)[1] if parts else None,
                )
            )

    def _reverse(self, state: CustomerState, posting: Posting, rules: Rules, tally: Tally) -> Refusal | None:
        """Undo the posting that this one names, in that posting's own tiles. The reversal itself is no activity."""
        original = original_of(state, posting, rules)
        if original is None:
            return Refusal(
                DeadLetterReason.UNKNOWN_ORIGINAL, "reverses: no such posting is remembered for this customer"
            )
        if original.flags & REVERSED:
            return Refusal(DeadLetterReason.REVERSAL_MISMATCH, "reverses: that posting was reversed before")
        if original.amount_minor != posting.amount_minor or original.inbound == posting.inbound:
            return Refusal(
                DeadLetterReason.REVERSAL_MISMATCH,
                "reverses: amount and direction have to be those of the original, the other way round",
            )
        unlearn(state, original, rules)
        state.recent.learn(
            RecentPosting(
                posting.transaction_id, posting.at_s, posting.day, posting.amount_minor, REVERSED, None
            ),
            state.oldest_day,
        )
        tally.reversed += 1
        return None

    def _customer(self, record: Record, states: StateSource, outcome: Outcome) -> Refusal | None:
        read = self._intake.customer(record.key, record.value)
        if isinstance(read, Refusal):
            return read
        customer, unknown_fields = read
        state = _touch(record, states, outcome)
        if record.offset <= state.customers_offset:
            outcome.tally.fenced += 1
            return None
        state.customers_offset = record.offset
        state.kind, state.risk_grade = customer.kind, customer.risk_grade
        outcome.tally.customers += 1
        outcome.tally.unknown_fields += unknown_fields
        return None


def _touch(record: Record, states: StateSource, outcome: Outcome) -> CustomerState:
    key = record.key
    assert key is not None  # the intake refuses records without a key
    state = outcome.touched.get(key)
    if state is None:
        state = outcome.touched[key] = states.load(key)
    return state


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
