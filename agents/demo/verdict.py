"""What was planted, held against what was alerted: found, missed, and alarms that were false."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from agents.demo.board import URGENT
from agents.simulator import Label
from agents.simulator.labels import LOOKALIKE
from schemas import Alert

GRACE: Final = timedelta(days=3)
"""So long after a behaviour's last posting an alert still counts as its own: detectors look back."""


@dataclass(slots=True)
class Found:
    """What became of one typology's planted customers."""

    planted: int = 0
    found: int = 0
    """With the detector that is meant for it."""
    on_trial: int = 0
    """By that detector, but it is in shadow mode: nobody was alerted by it."""
    otherwise: int = 0
    """Alerted, but by other detectors only."""

    @property
    def missed(self) -> int:
        """Not noticed at all."""
        return self.planted - self.found - self.on_trial - self.otherwise


@dataclass(slots=True)
class Verdict:
    """How good the alerts are, as far as the labels tell."""

    typologies: dict[str, Found] = field(default_factory=dict)
    lookalikes: int = 0
    loud_lookalikes: Counter[str] = field(default_factory=Counter)
    """Look-alikes that were alerted, by kind."""
    false_alerts: Counter[str] = field(default_factory=Counter)
    """Alerts on customers and days without planted behaviour, by band."""
    customer_days: int = 0
    """Those days."""

    @property
    def whole(self) -> Found:
        """All typologies together."""
        parts = self.typologies.values()
        return Found(
            *(
                sum(getattr(part, name) for part in parts)
                for name in ("planted", "found", "on_trial", "otherwise")
            )
        )

    @property
    def false_per_1000_days(self) -> float:
        """False alerts per 1,000 customer-days."""
        return self._per_1000_days(sum(self.false_alerts.values()))

    @property
    def false_urgent_per_1000_days(self) -> float:
        """False alerts of band high or critical per 1,000 customer-days."""
        return self._per_1000_days(sum(self.false_alerts[band] for band in URGENT))

    def _per_1000_days(self, alerts: int) -> float:
        return 1_000 * alerts / self.customer_days if self.customer_days else 0.0


def judge_alerts(
    labels: Iterable[Label],
    alerts: Iterable[Alert],
    customers: int,
    days: int,
    shadow: Iterable[tuple[str, date, str]] = (),
) -> Verdict:
    """Hold every label against the alerts (their newest revisions) of its customers within its days and `GRACE`.

    A behaviour of connected customers is found when one of them is alerted for it.

    Args:
        labels: what was planted, and what only looks like it.
        alerts: each alert once.
        customers: of the bank.
        days: of the bank.
        shadow: customer, business date and detector of what was found on trial.
    """
    labels, alerts = list(labels), list(alerts)
    found_by: dict[str, list[tuple[date, str]]] = {}
    for alert in alerts:
        for customer_id in _about(alert):
            found = found_by.setdefault(customer_id, [])
            found += [(alert.business_date, finding.detector) for finding in alert.findings]
    on_trial: dict[str, list[tuple[date, str]]] = {}
    for customer_id, day, detector in shadow:
        on_trial.setdefault(customer_id, []).append((day, detector))
    verdict = Verdict()
    for label in labels:
        detectors = _within(label, found_by)
        if label.is_planted:
            become = verdict.typologies.setdefault(label.typology, Found())
            become.planted += 1
            if label.typology in detectors:
                become.found += 1
            elif label.typology in _within(label, on_trial):
                become.on_trial += 1
            elif detectors:
                become.otherwise += 1
        elif label.typology.startswith(LOOKALIKE):
            verdict.lookalikes += 1
            if detectors:
                verdict.loud_lookalikes[label.typology.removeprefix(LOOKALIKE)] += 1
    planted = _planted_days(labels)
    verdict.false_alerts.update(
        alert.band
        for alert in alerts
        if not any(alert.business_date in planted.get(customer_id, ()) for customer_id in _about(alert))
    )
    verdict.customer_days = customers * days - sum(map(len, planted.values()))
    return verdict


def _about(alert: Alert) -> list[str]:
    """A group's alert is about each of the members in its evidence."""
    return [alert.customer_id] if alert.members is None else [one.customer_id for one in alert.members]


def _within(label: Label, found_by: Mapping[str, list[tuple[date, str]]]) -> set[str]:
    """The detectors that found one of its customers within its days and `GRACE`."""
    return {
        detector
        for customer_id in label.members
        for day, detector in found_by.get(customer_id, ())
        if label.start <= day <= label.end + GRACE
    }


def _planted_days(labels: Iterable[Label]) -> dict[str, frozenset[date]]:
    days: dict[str, frozenset[date]] = {}
    for label in labels:
        if label.is_planted:
            mine = {label.start + timedelta(n) for n in range((label.end + GRACE - label.start).days + 1)}
            for customer_id in label.members:
                days[customer_id] = days.get(customer_id, frozenset()) | mine
    return days
