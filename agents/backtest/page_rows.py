"""The page's tables of alerts by detector and by segment."""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from agents.backtest import plots
from agents.backtest.comparison import Comparison, Row
from agents.backtest.html import Cell, key, paragraph, section, table, text
from agents.backtest.numbers import percent, signed


class Named(NamedTuple):
    """A detector's question, in both languages."""

    question: str
    question_zh: str


def by_detector(comparison: Comparison, questions: Mapping[str, Named]) -> str:
    """What each detector gains and loses, with its question in both languages."""
    rows = []
    for row in comparison.detectors:
        named = questions.get(row.name, Named("", ""))
        name = (
            f'{escape(row.name)}<small lang="zh">{escape(named.question_zh)}</small>'
            f"<small>{escape(named.question)}</small>"
        )
        rows.append([("", name), *_numbers(row, is_labelled=comparison.is_labelled)])
    bars = [(row.name, row.gained.alerts, row.lost.alerts) for row in comparison.detectors]
    return section(
        "By detector",
        paragraph(
            "Alerts in which it takes part. Gained and lost are the detector's own: the alert may be in both.",
            "soft",
        ),
        key("lost", "gained"),
        plots.gains("Alerts gained and lost, by detector", [bar for bar in bars if bar[1] or bar[2]] or bars),
        table(_heads("detector", is_labelled=comparison.is_labelled), rows),
    )


def by_segment(comparison: Comparison) -> str:
    """For whom it changes."""
    is_labelled = comparison.is_labelled
    rows = [
        [text(row.name), text(f"{row.customer_days:,}"), *_numbers(row, is_labelled=is_labelled)]
        for row in comparison.segments
    ]
    heads = _heads("segment", is_labelled=is_labelled)
    return section("By segment", table([heads[0], text("customer-days"), *heads[1:]], rows))


def _heads(first: str, *, is_labelled: bool) -> list[Cell]:
    heads = [first, "A", "B", "gained", "lost"]
    if is_labelled:
        heads += ["precision A", "precision B", "recall A", "recall B"]
    return [text(head) for head in heads]


def _numbers(row: Row, *, is_labelled: bool) -> list[Cell]:
    cells = [
        text(f"{row.a.alerts:,}"),
        text(f"{row.b.alerts:,}"),
        text(signed(row.gained.alerts, "+"), "gain" if row.gained.alerts else ""),
        text(signed(row.lost.alerts, "-"), "loss" if row.lost.alerts else ""),
    ]
    if is_labelled:
        shares = (row.a.precision, row.b.precision, row.recall(row.a), row.recall(row.b))
        cells += [text(percent(share)) for share in shares]
    return cells
