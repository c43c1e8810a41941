"""The alerts as an investigator's desk sees them: the newest revision of each, and how long each took."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from schemas import Alert

URGENT: Final = frozenset({"high", "critical"})
_SHOWN: Final = 6
_PUBLISHED: Final = "published_at_ms"


class ReadRecord(Protocol):
    """The part of aiokafka's `ConsumerRecord` that is used here."""

    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> "tuple[tuple[str, bytes], ...]": ...  # noqa: D102


class AlertBoard:
    """Takes alert records in the order in which they are read.

    Args:
        sent_at_ms: when postings were sent, by customer and event time, for those that latency is measured on.
        on_urgent: told of each alert that becomes high or critical, or rises further.
    """

    def __init__(
        self,
        sent_at_ms: Mapping[tuple[bytes, int], int],
        on_urgent: Callable[[Alert], None] = lambda _alert: None,
    ) -> None:
        self._sent_at_ms = sent_at_ms
        self._on_urgent = on_urgent
        self.newest: dict[str, Alert] = {}
        """The newest revision, by alert_id."""
        self.urgent: list[Alert] = []
        """The newest that are high or critical, newest first, one for each customer."""
        self.revisions = 0
        self.published_ms: list[int] = []
        """From a posting's timestamp to the alert's publication by the worker, milliseconds."""
        self.read_ms: list[int] = []
        """From a posting's timestamp to the alert being read here, milliseconds."""

    def take(self, record: ReadRecord, read_at_ms: int) -> None:
        """One alert record, read at `read_at_ms`."""
        assert record.value is not None  # nobody deletes alerts
        alert = Alert.model_validate_json(record.value)
        self.revisions += 1
        before = self.newest.get(alert.alert_id)
        if before is not None and before.revision >= alert.revision:
            return
        self.newest[alert.alert_id] = alert
        if alert.band in URGENT and (before is None or before.band != alert.band):
            others = [other for other in self.urgent if other.customer_id != alert.customer_id]
            self.urgent = [alert, *others][:_SHOWN]
            self._on_urgent(alert)
        self._measure(alert, dict(record.headers), read_at_ms)

    def bands(self) -> Counter[str]:
        """Alerts by band."""
        return Counter(alert.band for alert in self.newest.values())

    def of_groups(self) -> int:
        """Alerts that are of groups of connected customers."""
        return sum(alert.group_id is not None for alert in self.newest.values())

    def detectors(self) -> Counter[str]:
        """Alerts by detector: one that several joined counts for each."""
        return Counter(finding.detector for alert in self.newest.values() for finding in alert.findings)

    def _measure(self, alert: Alert, headers: Mapping[str, bytes], read_at_ms: int) -> None:
        # A revision is published because of the newest posting in its evidence, unless that one came late.
        trigger = alert.customer_id.encode(), int(alert.last_at.timestamp() * 1000)
        sent_at_ms = self._sent_at_ms.get(trigger)
        published = headers.get(_PUBLISHED)
        if sent_at_ms is not None and published is not None:
            self.published_ms.append(int(published) - sent_at_ms)
            self.read_ms.append(read_at_ms - sent_at_ms)
