"""How good the scores and alerts are, by posting and by customer-day.

A customer-day is labelled if any of its postings is; its score is its highest; a detector has fired on it if it fired at any
of its postings. Ties are broken against the score. A posting that was not judged has the score 0.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from agents.backtest.ranking import average_precision, ranked, recall_at_one_percent
from agents.backtest.replayed import Key

_BANDS: Final = 10
_TOP: Final = 100


class Judged(NamedTuple):
    """One posting of a table, as it was judged: its customer-day, its score, its label and what fired at it."""

    key: Key
    score: float
    is_labelled: bool
    findings: tuple[str, ...] = ()


class Day(NamedTuple):
    """One customer-day."""

    score: float
    is_labelled: bool
    findings: frozenset[str]


@dataclass(frozen=True)
class Ranks:
    """How a score ranks what is labelled; None where nothing is."""

    ap_tx: float | None
    ap_day: float | None
    recall_at_1pct_day: float | None


@dataclass(frozen=True)
class Alerts:
    """How many alerts there are and how many are right; `labelled` and `customer_days` of the same postings."""

    alerts: int
    right: int
    labelled: int
    customer_days: int

    @property
    def per_1000_customer_days(self) -> float | None:
        """Alerts per 1,000 customer-days."""
        return 1000 * self.alerts / self.customer_days if self.customer_days else None

    @property
    def precision(self) -> float | None:
        """Share of the alerts on labelled customer-days."""
        return self.right / self.alerts if self.alerts else None

    @property
    def recall(self) -> float | None:
        """Share of the labelled customer-days with an alert."""
        return self.right / self.labelled if self.labelled else None

    @property
    def lift(self) -> float | None:
        """Precision over the share of customer-days that is labelled: 1 is what chance does."""
        if self.precision is None or not self.labelled:
            return None
        return self.precision * self.customer_days / self.labelled


@dataclass(frozen=True)
class Fired:
    """What one detector found: postings at which it fired, and customer-days as if each were an alert."""

    detector: str
    postings: int
    days: Alerts
    alone: int
    """Labelled customer-days on which no other detector fired."""


class Band(NamedTuple):
    """Some customer-days, and how many of them are labelled."""

    name: str
    customer_days: int
    labelled: int


def by_day(postings: Iterable[Judged]) -> dict[Key, Day]:
    """The customer-days of the postings."""
    scores: dict[Key, float] = {}
    labelled: set[Key] = set()
    findings: dict[Key, set[str]] = {}
    for key, score, is_labelled, fired in postings:
        scores[key] = max(score, scores.get(key, score))
        if is_labelled:
            labelled.add(key)
        if fired:
            findings.setdefault(key, set()).update(fired)
    return {
        key: Day(score, key in labelled, frozenset(findings.get(key, ()))) for key, score in scores.items()
    }


def ranks(postings: Collection[Judged], days: Mapping[Key, Day]) -> Ranks:
    """Average precision by posting and by day, and the recall of the highest 1 % of days."""
    in_order = ranked((day.score, day.is_labelled) for day in days.values())
    return Ranks(
        average_precision(ranked((one.score, one.is_labelled) for one in postings)),
        average_precision(in_order),
        recall_at_one_percent(in_order),
    )


def alerts(alerted: Collection[Key], days: Mapping[Key, Day]) -> Alerts:
    """Alerts against labels. One on a customer-day that is not counted is an alert all the same, and not right."""
    right = sum(key in days and days[key].is_labelled for key in alerted)
    return Alerts(len(alerted), right, _labelled(days.values()), len(days))


def fired(postings: Iterable[Judged], days: Mapping[Key, Day], detectors: Iterable[str]) -> list[Fired]:
    """What each detector found."""
    at: Counter[str] = Counter()
    for one in postings:
        at.update(one.findings)
    on: Counter[str] = Counter()
    right: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for day in days.values():
        on.update(day.findings)
        if day.is_labelled:
            right.update(day.findings)
            if len(day.findings) == 1:
                alone.update(day.findings)
    labelled = _labelled(days.values())
    return [
        Fired(name, at[name], Alerts(on[name], right[name], labelled, len(days)), alone[name])
        for name in detectors
    ]


def by_score(days: Collection[Day]) -> list[Band]:
    """The customer-days by score, in steps of 10; 100 is of the last."""
    return _banded(
        [f"{10 * place}-{10 * (place + 1)}" for place in range(_BANDS)],
        days,
        lambda day: min(_BANDS - 1, int(day.score * _BANDS / _TOP)),
    )


def by_band(alerted: Mapping[Key, str], days: Mapping[Key, Day], bands: Sequence[str]) -> list[Band]:
    """The customer-days with an alert, by its band."""
    place = {band: number for number, band in enumerate(bands)}
    none = Day(0.0, is_labelled=False, findings=frozenset())
    total, labelled = [0] * len(bands), [0] * len(bands)
    for key, band in alerted.items():
        total[place[band]] += 1
        labelled[place[band]] += days.get(key, none).is_labelled
    return [Band(*one) for one in zip(bands, total, labelled, strict=True)]


def after_warm_up(keys: Iterable[Key], first: Mapping[str, int], days: int) -> list[Key]:
    """The customer-days that are at least so many days after the customer's first one."""
    return [key for key in keys if key[1] >= first[key[0]] + days]


def _banded(names: Sequence[str], days: Iterable[Day], place: Callable[[Day], int]) -> list[Band]:
    total, labelled = [0] * len(names), [0] * len(names)
    for day in days:
        number = place(day)
        total[number] += 1
        labelled[number] += day.is_labelled
    return [Band(*one) for one in zip(names, total, labelled, strict=True)]


def _labelled(days: Iterable[Day]) -> int:
    return sum(day.is_labelled for day in days)
