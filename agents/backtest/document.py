"""The comparison as one JSON document, for whoever goes on reckoning."""

from typing import Final

import orjson

from agents.backtest.comparison import SCORE_STEP, Comparison, Count, Ranking, Row
from agents.backtest.load import Load
from agents.backtest.numbers import day
from agents.backtest.replayed import AlertSeen, Key, Replayed

FORMAT: Final = 1
"""Of the document: raised when a field changes its meaning."""

Json = dict[str, object]


def document(comparison: Comparison) -> bytes:
    """UTF-8 JSON. Dates are business dates; shares from 0 to 1; `right`, precision and recall are null without labels."""
    one, two = comparison.load
    content: Json = {
        "format": FORMAT,
        "a": _side(comparison.a),
        "b": _side(comparison.b),
        "policy_differences": [difference._asdict() for difference in comparison.differences],
        "is_labelled": comparison.is_labelled,
        "total": _row(comparison, comparison.total),
        "kept": comparison.kept,
        "kept_in_a_higher_band": comparison.rebanded(is_up=True),
        "kept_in_a_lower_band": comparison.rebanded(is_up=False),
        "detectors": [_row(comparison, row) for row in comparison.detectors],
        "segments": [_row(comparison, row) for row in comparison.segments],
        "bands": [{"a": a, "b": b, "alerts": count} for (a, b), count in sorted(comparison.bands.items())],
        "alerts_per_working_day": {"a": _load(one), "b": _load(two)},
        "days": [
            {"date": day(line.day), "a": line.a, "b": line.b, "gained": line.gained, "lost": line.lost}
            for line in comparison.days
        ],
        "alerts_by_score": {"step": SCORE_STEP, "a": comparison.scores[0], "b": comparison.scores[1]},
        "ranking": None
        if comparison.rankings is None
        else {"a": _ranking(comparison.rankings[0]), "b": _ranking(comparison.rankings[1])},
        "gained": [_alert(*item) for item in comparison.gained],
        "lost": [_alert(*item) for item in comparison.lost],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _side(side: Replayed) -> Json:
    return {
        "policy": side.policy,
        "policy_id": side.policy_id,
        "policy_version": side.policy_version,
        "postings_judged": side.judged,
        "dead_letters": dict(side.dead_letters),
        "labelled_postings_judged": side.labels_met,
    }


def _row(comparison: Comparison, row: Row) -> Json:
    content: Json = {"name": row.name, "customer_days": row.customer_days}
    if comparison.is_labelled:
        content["labelled_customer_days"] = row.labelled
    for name, count in (("a", row.a), ("b", row.b), ("gained", row.gained), ("lost", row.lost)):
        content[name] = _count(row, count, is_labelled=comparison.is_labelled)
    return content


def _count(row: Row, count: Count, *, is_labelled: bool) -> Json:
    return {
        "alerts": count.alerts,
        "right": count.right if is_labelled else None,
        "precision": count.precision if is_labelled else None,
        "recall": row.recall(count) if is_labelled else None,
    }


def _load(load: Load) -> Json:
    return {
        "working_days": load.working_days,
        "mean": load.mean,
        "median": load.median,
        "p95": load.p95,
        "busiest": load.busiest,
        "busiest_day": None if load.busiest_day is None else day(load.busiest_day),
    }


def _ranking(ranking: Ranking) -> Json:
    return {
        "average_precision": ranking.average_precision,
        "recall_at_one_percent": ranking.recall_at_one_percent,
        "curve": [point._asdict() for point in ranking.curve],
    }


def _alert(key: Key, alert: AlertSeen) -> Json:
    return {
        "customer_id": key[0],
        "business_date": day(key[1]),
        "score": alert.score,
        "band": alert.band,
        "detectors": list(alert.detectors),
    }
