"""What is kept of one policy's replay: its alerts by customer and business date, and how every such day ranks."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.batch import Outcome
from monitor.calendar import day_of

Key = tuple[str, int]
"""A customer-day: the customer's id, or a group's, and the business date as a day number."""


class AlertSeen(NamedTuple):
    """An alert's newest revision: its score (0 to 100), its band and the detectors that take part in it."""

    score: float
    band: str
    detectors: tuple[str, ...]


@dataclass
class Replayed:
    """One policy's replay."""

    policy: str
    """As it was asked for: a packaged policy's name, or a file's."""
    policy_id: str
    policy_version: str
    judged: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)
    alerts: dict[Key, AlertSeen] = field(default_factory=dict)
    days: dict[Key, float] = field(default_factory=dict)
    """Every customer-day with a judged posting, and the highest score of its postings."""
    labelled: set[Key] = field(default_factory=set)
    """The customer-days with a posting that is labelled 1; of a group, the days on which its alert has one as evidence."""
    labels_met: int = 0
    """Judged postings that are labelled 1."""
    groups: set[str] = field(default_factory=set)
    """Who is not a customer but a group of connected ones."""

    def take(self, outcome: Outcome, positives: frozenset[str]) -> None:
        """Add what came of a batch; `positives` are the ids of the postings labelled 1."""
        if outcome.scores is not None:  # what groups hear of a posting is no posting more
            self.judged += outcome.tally.applied
        self.dead_letters.update(letter.reason.value for letter in outcome.dead_letters)
        for alert in outcome.alerts:
            key = (alert.customer_id, day_of(alert.business_date))
            detectors = tuple(finding.detector for finding in alert.findings)
            self.alerts[key] = AlertSeen(alert.score, alert.band, detectors)
            if alert.group_id is not None:
                self.groups.add(alert.customer_id)
                if not positives.isdisjoint(alert.transaction_ids):
                    self.labelled.add(key)
        for scored in outcome.scores or ():
            key = (scored.customer_id, scored.day)
            if scored.score >= self.days.get(key, 0.0):
                self.days[key] = scored.score
            if scored.transaction_id in positives:
                self.labelled.add(key)
                self.labels_met += 1
