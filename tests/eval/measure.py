"""One set measured: replayed, and its scores, alerts and findings held against its labels."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from agents.backtest.replayed import Key
from agents.files import read_records
from agents.replay import replay
from agents.simulator.labels import Label
from monitor.batch import Outcome
from monitor.calendar import day_of
from monitor.catalogue import DETECTORS
from monitor.policy import BANDS
from tests.bench.core import detector_costs, questions
from tests.bench.crowd import TIMEZONE, policy
from tests.eval import metrics, naive
from tests.eval.metrics import Alerts, Band, Fired, Judged, Ranks
from tests.eval.sets import EvalSet, Prepared, Row, tail

_ASKED: Final = 4_000
_ROUNDS: Final = 3


class Typology(NamedTuple):
    """The stretches of one planted behaviour, and how many have an alert on any of their days; by its own detector."""

    name: str
    planted: int
    found: int
    by_its_own: int


@dataclass(frozen=True)
class Measured:
    """Everything that is told of one set."""

    of: EvalSet
    postings: int
    labelled_postings: int
    unjudged: int
    """Postings without a score: dead letters, duplicates, reversals. They count with the score 0."""
    dead_letters: dict[str, int]
    """By reason, the most frequent first; of the whole table, whatever part of it counts."""
    days: Alerts
    """The alerts; with the counts of the customer-days."""
    ranks: dict[str, Ranks]
    """By scorer, ours first; nothing where there are no labels."""
    detectors: list[Fired]
    costs: dict[str, float]
    """By detector: microseconds of processor time per posting."""
    by_score: list[Band]
    by_band: list[Band]
    typologies: list[Typology]
    seconds: float

    def figure(self, name: str) -> float | None:
        """What a target is held against."""
        if name == "alerts_per_1000_customer_days":
            return self.days.per_1000_customer_days
        value: float | None = getattr(self.ranks[OURS], name)
        return value


OURS: Final = "ledgerwatch"
_NAIVE: Final = {
    "naive: z of the log amount": naive.z_of_log_amount,
    "naive: postings that day": naive.postings_that_day,
}


@dataclass
class _Kept:
    """What a replay leaves behind."""

    scores: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)
    alerts: dict[Key, str] = field(default_factory=dict)
    by_detector: dict[Key, set[str]] = field(default_factory=dict)

    def take(self, outcome: Outcome) -> None:
        for scored in outcome.scores or ():
            self.scores[scored.transaction_id] = (scored.score, scored.findings)
        for alert in outcome.alerts:
            key = (alert.customer_id, day_of(alert.business_date))
            self.alerts[key] = alert.band
            self.by_detector[key] = {finding.detector for finding in alert.findings}


def measure(one: EvalSet, prepared: Prepared, folder: Path) -> Measured:
    """Replay the set with the packaged policy and reckon its figures."""
    kept = _Kept()
    started = time.monotonic()
    result = replay(
        policy(),
        [prepared.transactions],
        outputs={},
        customers=prepared.customers,
        watch=kept.take,
    )
    seconds = time.monotonic() - started
    postings = _judged(one, prepared.rows, kept)
    days = metrics.by_day(postings)
    alerted = {
        key: band for key, band in kept.alerts.items() if one.start is None or key[1] >= day_of(one.start)
    }
    if one.warm_up_days:
        first = _first_days(prepared.rows)
        days = {key: days[key] for key in metrics.after_warm_up(days, first, one.warm_up_days)}
        alerted = {key: alerted[key] for key in metrics.after_warm_up(alerted, first, one.warm_up_days)}
        postings = [posting for posting in postings if posting.key in days]
    return Measured(
        of=one,
        postings=len(postings),
        labelled_postings=sum(posting.is_labelled for posting in postings),
        unjudged=sum(row.transaction_id not in kept.scores for row in prepared.rows),
        dead_letters=dict(result.dead_letters.most_common()),
        days=metrics.alerts(alerted, days),
        ranks=_ranks(one, prepared.rows, postings, days) if one.is_labelled else {},
        detectors=metrics.fired(postings, days, [detector.id for detector in DETECTORS]),
        costs=_costs(prepared, result.states, folder),
        by_score=metrics.by_score(days.values()) if one.is_labelled else [],
        by_band=metrics.by_band(alerted, days, BANDS) if one.is_labelled else [],
        typologies=typologies(prepared.planted, kept.by_detector),
        seconds=seconds,
    )


def typologies(planted: Iterable[Label], alerts: Mapping[Key, Collection[str]]) -> list[Typology]:
    """How many stretches of each planted behaviour have an alert; `alerts`: their detectors."""
    found: dict[str, list[tuple[bool, bool]]] = {}
    for label in planted:
        span = range(day_of(label.start), day_of(label.end) + 1)
        there = [alerts[label.customer_id, day] for day in span if (label.customer_id, day) in alerts]
        found.setdefault(label.typology, []).append(
            (bool(there), any(label.typology in detectors for detectors in there))
        )
    return [
        Typology(name, len(each), sum(any_ for any_, _ in each), sum(own for _, own in each))
        for name, each in sorted(found.items())
    ]


def _judged(one: EvalSet, rows: Iterable[Row], kept: _Kept) -> list[Judged]:
    unjudged: tuple[float, tuple[str, ...]] = (0.0, ())
    postings = []
    for row in rows:
        if one.counts(row):
            score, findings = kept.scores.get(row.transaction_id, unjudged)
            postings.append(Judged((row.customer_id, row.day), score, row.is_labelled, findings))
    return postings


def _ranks(
    one: EvalSet, rows: Sequence[Row], postings: list[Judged], days: Mapping[Key, metrics.Day]
) -> dict[str, Ranks]:
    ranks = {OURS: metrics.ranks(postings, days)}
    amounts = [naive.Amount((row.customer_id, row.day), row.amount, row.direction) for row in rows]
    for name, scorer in _NAIVE.items():
        scored = [
            Judged((row.customer_id, row.day), score, row.is_labelled)
            for row, score in zip(rows, scorer(amounts), strict=True)
            if one.counts(row)
        ]
        ranks[name] = metrics.ranks(scored, metrics.by_day(scored))
    return ranks


def _first_days(rows: Iterable[Row]) -> dict[str, int]:
    first: dict[str, int] = {}
    for row in rows:
        first[row.customer_id] = min(row.day, first.get(row.customer_id, row.day))
    return first


def _costs(prepared: Prepared, states: dict[bytes, bytes], folder: Path) -> dict[str, float]:
    """Of the set's last postings, asked of the states that the set ends with."""
    path = tail(prepared.transactions, _ASKED, folder)
    messages = [
        (key, value) for key, value in read_records(path, TIMEZONE, policy().currency) if key in states
    ]
    return {name: cost for name, (_, cost) in detector_costs(questions(messages, states), _ROUNDS).items()}
