"""What a worker publishes beside alerts: large-value reports, findings on trial, and changes of risk grades."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Final

from agents.demo.board import ReadRecord
from agents.settings import Settings
from schemas import RiskGradeChange, ShadowFinding, ThresholdReport


class Desk:
    """Takes the records of these topics, in the order in which they are read."""

    def __init__(self, settings: Settings) -> None:
        self._takers: Final[dict[str, Callable[[bytes], None]]] = {
            settings.threshold_reports_topic: self._report,
            settings.shadow_findings_topic: self._shadow,
            settings.risk_grades_topic: self._grade,
        }
        self.topics: Final = tuple(self._takers)
        self.read = 0
        """Records, those that came again included."""
        self.reports: dict[str, ThresholdReport] = {}
        """The newest revision, by report_id."""
        self.shadow: list[tuple[str, date, str]] = []
        """Customer, business date and detector of each finding on trial."""
        self.grades: Counter[str] = Counter()
        """Changes, by the new grade."""

    def take(self, topic: str, record: ReadRecord) -> None:
        """One record."""
        assert record.value is not None  # nobody deletes what was published
        self.read += 1
        self._takers[topic](record.value)

    def rules(self) -> Counter[str]:
        """Reports that are due, by rule."""
        return Counter(report.rule for report in self.reports.values() if report.is_due)

    def on_trial(self) -> Counter[str]:
        """Findings on trial, by detector."""
        return Counter(detector for _, _, detector in self.shadow)

    def _report(self, value: bytes) -> None:
        report = ThresholdReport.model_validate_json(value)
        before = self.reports.get(report.report_id)
        if before is None or before.revision < report.revision:
            self.reports[report.report_id] = report

    def _shadow(self, value: bytes) -> None:
        shadow = ShadowFinding.model_validate_json(value)
        self.shadow.append((shadow.customer_id, shadow.business_date, shadow.finding.detector))

    def _grade(self, value: bytes) -> None:
        self.grades[RiskGradeChange.model_validate_json(value).grade] += 1
