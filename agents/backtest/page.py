"""The comparison as one HTML page: no script, nothing that is loaded from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from agents.backtest import plots
from agents.backtest.comparison import NO_ALERT, SCORE_STEP, Comparison
from agents.backtest.html import card, key, paragraph, section, table, text
from agents.backtest.numbers import day, signed
from agents.backtest.page_rows import Named, by_detector, by_segment
from agents.backtest.replayed import AlertSeen, Key, Replayed
from agents.backtest.style import STYLE
from agents.backtest.text import quality_lines
from monitor.policy import BANDS

_LISTED: Final = 50
"""Of the alerts gained and lost: the highest; the JSON document has all."""
_DIFFERENCES: Final = 200


def page(comparison: Comparison, questions: Mapping[str, Named]) -> str:
    """The whole page; `questions` by detector id."""
    title = f"What if: {comparison.a.policy} against {comparison.b.policy}"
    body = "".join(
        (
            _heading(comparison),
            _differences(comparison),
            _load(comparison),
            by_detector(comparison, questions),
            _bands(comparison),
            by_segment(comparison),
            _quality(comparison),
            _listed("Gained: the highest", comparison.gained),
            _listed("Lost: the highest", comparison.lost),
        )
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{body}</body>
</html>
"""


def _heading(comparison: Comparison) -> str:
    total = comparison.total
    one, two = comparison.load
    right = comparison.is_labelled
    cards = (
        card(f"{total.a.alerts:,}", "alerts by A", f"{one.mean:,.1f} a working day"),
        card(f"{total.b.alerts:,}", "alerts by B", f"{two.mean:,.1f} a working day"),
        card(
            signed(total.gained.alerts, "+"),
            "gained",
            f"{total.gained.right:,} of them right" if right else "",
        ),
        card(signed(total.lost.alerts, "-"), "lost", f"{total.lost.right:,} of them right" if right else ""),
        card(
            f"{comparison.kept:,}",
            "kept",
            f"{comparison.rebanded(is_up=True):,} in a higher band, {comparison.rebanded(is_up=False):,} in a lower",
        ),
    )
    business_dates = [number for _, number in comparison.a.days.keys() | comparison.b.days.keys()]
    dates = f", {day(min(business_dates))} to {day(max(business_dates))}" if business_dates else ""
    return (
        paragraph(_side("A", comparison.a))
        + paragraph(_side("B", comparison.b))
        + paragraph(
            f"{total.customer_days:,} customer-days with postings{dates}. An alert is a customer, or a group of "
            "them, and a business date; gained: in B alone, lost: in A alone, kept: in both.",
            "soft",
        )
        + f'<div class="cards">{"".join(cards)}</div>\n'
    )


def _side(name: str, side: Replayed) -> str:
    letters = sum(side.dead_letters.values())
    beside = f", {letters:,} dead letters" if letters else ""
    return f"{name}: {side.policy} ({side.policy_id} {side.policy_version}), {side.judged:,} postings judged{beside}"


def _differences(comparison: Comparison) -> str:
    if not comparison.differences:
        return section("What the policies differ in", paragraph("Nothing: they say the same."))
    shown = comparison.differences[:_DIFFERENCES]
    rows = [(text(place), text(a or "–", "words"), text(b or "–", "words")) for place, a, b in shown]
    more = len(comparison.differences) - len(shown)
    return section(
        "What the policies differ in",
        table([text("place"), text("A", "words"), text("B", "words")], rows),
        paragraph(f"and in {more:,} more places") if more else "",
    )


def _load(comparison: Comparison) -> str:
    rows = [
        (
            text(name),
            text(f"{load.mean:,.1f}"),
            text(f"{load.median:,.1f}"),
            text(f"{load.p95:,}"),
            text(f"{load.busiest:,}"),
            text(day(load.busiest_day)),
        )
        for name, load in zip("AB", comparison.load, strict=True)
    ]
    heads = [text(head) for head in ("policy", "mean", "median", "95 % of days", "busiest", "on")]
    dates = [day(line.day) for line in comparison.days]
    plot = plots.lines(
        "Alerts per business date",
        dates,
        [line.a for line in comparison.days],
        [line.b for line in comparison.days],
    )
    return section(
        "Alerts per day to work",
        paragraph(
            "By working day, from the first alert on; what falls on a day off waits for the next. The plot is by business date.",
            "soft",
        ),
        table(heads, rows),
        key("A", "B"),
        plot,
    )


def _bands(comparison: Comparison) -> str:
    names = (NO_ALERT, *BANDS)
    rows = [
        [
            text(f"{mine} in A"),
            *(
                text(f"{comparison.bands.get((mine, theirs), 0):,}", "same" if mine == theirs else "")
                for theirs in names
            ),
        ]
        for mine in names
    ]
    labels = [
        f"{place * SCORE_STEP} to {(place + 1) * SCORE_STEP}" for place in range(len(comparison.scores[0]))
    ]
    return section(
        "By band and score",
        table([text(""), *(text(f"{name} in B") for name in names)], rows),
        key("A", "B"),
        plots.pairs("Alerts by score", labels, *comparison.scores),
        paragraph("Alerts by score, 0 to 100.", "soft"),
    )


def _quality(comparison: Comparison) -> str:
    lines = "".join(paragraph(line) for line in quality_lines(comparison))
    if comparison.rankings is None or not comparison.rankings[0].curve:
        return section("Against the labels", lines) if lines else ""
    one, two = comparison.rankings
    ranks = [point.looked_at for point in one.curve]
    parts = []
    for name in ("precision", "recall"):
        series = [
            (css, [getattr(point, name) for point in side.curve]) for css, side in (("a", one), ("b", two))
        ]
        parts.append(
            paragraph(f"{name.capitalize()} by how many of the highest customer-days are looked at:")
        )
        parts.append(plots.by_rank(f"{name.capitalize()} by rank", ranks, series))
    return section("Against the labels", lines, key("A", "B"), *parts)


def _listed(title: str, alerts: Sequence[tuple[Key, AlertSeen]]) -> str:
    if not alerts:
        return section(title, paragraph("None."))
    heads = [text("customer"), text("date"), text("score"), text("band"), text("detectors", "words")]
    rows = [
        [
            text(customer_id),
            text(day(number)),
            text(f"{alert.score:.0f}"),
            text(alert.band),
            text(", ".join(alert.detectors), "words"),
        ]
        for (customer_id, number), alert in alerts[:_LISTED]
    ]
    more = len(alerts) - len(rows)
    return section(title, table(heads, rows), paragraph(f"and {more:,} more", "soft") if more else "")
