"""What a worker counts, for Prometheus. Postings, not Faust's events: those are whole record batches here."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from monitor.batch import Outcome
from monitor.policy import GRADES

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BATCH_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_LATENCY_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600)
_STATE_BYTES: Final = (256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768)
_STEPS: Final = ("judge", "publish", "changelog", "store")
Stream = Literal["customers", "groups"]
"""Postings on customers' accounts, or what groups hear of them."""
STREAMS: Final[tuple[Stream, ...]] = ("customers", "groups")


class Metrics:
    """One registry per worker, so that two in a process, or in a test, do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._postings = self._counter("postings", "Postings by what became of them", ["outcome", "stream"])
        self._dead_letters = self._counter("dead_letters", "Records set aside, by reason", ["reason"])
        self._alerts = self._counter("alerts", "Alert revisions published, by band", ["band"])
        self._reports = self._counter("threshold_reports", "Large-value report revisions, by rule", ["rule"])
        self._shadow_findings = self._counter(
            "shadow_findings", "Findings of detectors on trial, by detector", ["detector"]
        )
        self._findings = self._counter("findings", "Findings, by detector", ["detector"])
        self._grade_changes = self._counter(
            "grade_changes", "Changes of customers' risk grades published, by the new grade", ["grade"]
        )
        self._unknown_fields = self._counter(
            "unknown_fields", "Fields of incoming records that no schema knows"
        )
        self._without_record = self._counter(
            "postings_without_record", "Postings of customers without a KYC record"
        )
        self._batch = self._histogram(
            "batch_seconds", "Time to finish one record batch", _BATCH_SECONDS, ["stream"]
        )
        self._step = self._histogram(
            "step_seconds", "Time of one step of a batch", _BATCH_SECONDS, ["step", "stream"]
        )
        self._latency = self._histogram(
            "alert_latency_seconds",
            "From the oldest record of a batch being stamped to its alerts being acknowledged: an upper bound",
            _LATENCY_SECONDS,
        )
        self._state_bytes = self._histogram(
            "state_bytes", "Encoded size of a customer's or a group's state", _STATE_BYTES, ["stream"]
        )
        self._lag = self._gauge(
            "lag_records", "Records behind the end of the partition", ["topic", "partition"]
        )
        self._customers = self._gauge("customers", "Customers whose state this worker holds")
        self._groups = self._gauge("groups", "Groups of customers whose state this worker holds")
        self._peer_parts = self._counter(
            "peer_parts", "Parts of the peers: published, not published, or read and refused", ["outcome"]
        )
        self._ready = self._gauge("ready", "1 when tables are recovered and postings are judged")
        self._policy = self._gauge(
            "policy_info", "1 for the policy in force", ["policy_id", "policy_version"]
        )
        self._refused = self._counter("policy_releases_refused", "Released policies that are not valid")
        # Series that exist from the start: an alert rule on a rate sees the first one.
        for outcome in ("applied", "reversed", "duplicate", "fenced", "late", "too_late"):
            for stream in STREAMS:
                self._postings.labels(outcome, stream)
        for band in ("low", "medium", "high", "critical"):
            self._alerts.labels(band)
        for grade in GRADES:
            self._grade_changes.labels(grade)
        self._steps = {
            (step, stream): self._step.labels(step, stream) for step in _STEPS for stream in STREAMS
        }

    def count(self, outcome: Outcome, stream: Stream = "customers") -> None:
        """Add what became of one batch, once its state is stored."""
        tally = outcome.tally
        for name, count in (
            ("applied", tally.applied),
            ("reversed", tally.reversed),
            ("duplicate", tally.duplicates),
            ("fenced", tally.fenced),
            ("late", tally.late),
            ("too_late", tally.too_late),
        ):
            self._postings.labels(name, stream).inc(count)
        self._unknown_fields.inc(tally.unknown_fields)
        self._without_record.inc(tally.without_record)
        for letter in outcome.dead_letters:
            self._dead_letters.labels(letter.reason.value).inc()
        for alert in outcome.alerts:
            self._alerts.labels(alert.band).inc()
        for report in outcome.threshold_reports:
            self._reports.labels(report.rule).inc()
        for shadow in outcome.shadow_findings:
            self._shadow_findings.labels(shadow.finding.detector).inc()
        for detector, findings in tally.findings.items():
            self._findings.labels(detector).inc(findings)
        for grade, changes in tally.grade_changes.items():
            self._grade_changes.labels(grade).inc(changes)

    @contextmanager
    def batch(self, stream: Stream = "customers") -> Iterator[None]:
        """Time one whole record batch."""
        with self._batch.labels(stream).time():
            yield

    @contextmanager
    def step(self, name: str, stream: Stream = "customers") -> Iterator[None]:
        """Time one of the steps: judge, publish, changelog, store."""
        start = time.perf_counter()
        yield
        self._steps[name, stream].observe(time.perf_counter() - start)

    def alerts_acknowledged(self, count: int, latency_seconds: float) -> None:
        """`count` alerts were acknowledged, so long after the oldest record of their batch."""
        for _ in range(count):
            self._latency.observe(max(0.0, latency_seconds))

    def state_sizes(self, encoded: Sequence[bytes], stream: Stream = "customers") -> None:
        """Observe the stored sizes, in bytes: of a few, for each costs as much as a step of judging."""
        for value in encoded[:: max(1, len(encoded) // 8)]:
            self._state_bytes.labels(stream).observe(len(value))

    def set_lag(self, lag: Mapping[tuple[str, int], int]) -> None:
        """Replace the lag by topic and partition, in records."""
        self._lag.clear()
        for (topic, partition), records in lag.items():
            self._lag.labels(topic, str(partition)).set(records)

    def set_held(self, customers: int, groups: int, *, is_ready: bool) -> None:
        """How many customers and groups are held, and whether postings are judged."""
        self._customers.set(customers)
        self._groups.set(groups)
        self._ready.set(is_ready)

    def set_policy(self, policy_id: str, version: str) -> None:
        """Which policy is in force now."""
        self._policy.clear()
        self._policy.labels(policy_id, version).set(1)

    def release_refused(self) -> None:
        """Count a released policy that is not valid."""
        self._refused.inc()

    def peer_part(self, outcome: Literal["published", "failed", "refused"]) -> None:
        """Count one part of the peers."""
        self._peer_parts.labels(outcome).inc()

    def expose(self) -> bytes:
        """All of it in Prometheus' text form."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(name, text, labels, namespace="ledgerwatch", registry=self.registry)

    def _gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        return Gauge(name, text, labels, namespace="ledgerwatch", registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: Sequence[float], labels: Sequence[str] = ()
    ) -> Histogram:
        return Histogram(name, text, labels, namespace="ledgerwatch", buckets=buckets, registry=self.registry)
