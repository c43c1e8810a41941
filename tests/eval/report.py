"""What was measured, as a page of the repository."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tests.eval.measure import Measured
from tests.eval.metrics import Band, Fired

_GENERATED: Final = "<!-- generated: make eval -->"
_NONE: Final = "–"
_WHAT: Final = (
    "How well the packaged policy finds what is labelled. Every table is replayed as `ledgerwatch replay` does; nothing is fitted",
    "to it. A customer-day is a customer and a business date with postings; it is labelled if any of its postings is, and its",
    "score is its highest. `ap_tx` and `ap_day` are average precisions, ties broken against the score; `recall_at_1pct_day` is",
    "the share of labelled customer-days among the 1 % with the highest scores. Lift is precision over the share of customer-days",
    "that is labelled: 1 is what chance does.",
)
_VERDICTS: Final = (
    "A detector adds something if its lift is above 1 on any set. Found alone: labelled customer-days on which no other detector\n"
    "fired. Cost: the highest of the sets, microseconds of processor time per posting, asked about it or not."
)


class Header(NamedTuple):
    """When, how and on what it was measured."""

    date: str
    command: str
    machine: str
    python: str
    policy: str


def page(header: Header, measured: Sequence[Measured], missing: Sequence[str]) -> str:
    """The page; `missing` are the sets whose tables were not there."""
    parts = [
        "# What the detectors find",
        _GENERATED,
        "\n".join(_WHAT),
        _lines(
            f"- **date**: {header.date}",
            f"- **command**: `{header.command}`",
            f"- **machine**: {header.machine}; Python {header.python}",
            f"- **policy**: {header.policy}",
            *(f"- **not measured**: {name}, its table is not there" for name in missing),
        ),
        "## The sets",
        _sets(measured),
        "## As a whole",
        _whole(measured),
        "Targets:",
        _targets(measured),
        "Alerts, by customer-day:",
        _alerts(measured),
        "## The detectors over all sets",
        _VERDICTS,
        _verdicts(measured),
    ]
    for one in measured:
        parts += _of_one(one)
    return "\n\n".join(parts) + "\n"


def verdict(figures: Iterable[Fired]) -> str:
    """What a detector is good for, from what it found on every set."""
    figures = list(figures)
    if not any(one.postings for one in figures):
        return "**adds nothing: never fired**"
    lifts = [one.days.lift for one in figures if one.days.lift is not None]
    if not lifts:
        return "**adds nothing: fired only where there are no labels**"
    return "adds" if max(lifts) > 1 else "**adds nothing: lift at most 1 everywhere**"


def _sets(measured: Sequence[Measured]) -> str:
    rows = [
        (
            f"`{one.of.name}`",
            one.of.about,
            f"{one.postings:,}",
            f"{one.days.customer_days:,}",
            f"{one.labelled_postings:,} ({one.days.labelled:,})" if one.of.is_labelled else _NONE,
            _unjudged(one),
            f"{one.seconds:.0f}",
        )
        for one in measured
    ]
    heads = ("set", "", "postings", "customer-days", "labelled (days)", "not judged", "seconds")
    return _table(heads, rows, words=2)


def _unjudged(one: Measured) -> str:
    reasons = ", ".join(f"{name} {count:,}" for name, count in one.dead_letters.items())
    return f"{one.unjudged:,} ({reasons})" if reasons else f"{one.unjudged:,}"


def _whole(measured: Sequence[Measured]) -> str:
    rows = [
        (
            f"`{one.of.name}`",
            name,
            _number(ranks.ap_tx),
            _number(ranks.ap_day),
            _number(ranks.recall_at_1pct_day),
        )
        for one in measured
        for name, ranks in one.ranks.items()
    ]
    return _table(("set", "score", "ap_tx", "ap_day", "recall_at_1pct_day"), rows, words=2)


def _targets(measured: Sequence[Measured]) -> str:
    rows = []
    for one in measured:
        for target in one.of.targets:
            value = one.figure(target.figure)
            is_met = value is not None and (
                value >= target.value if target.at_least else value <= target.value
            )
            bound = f"{'≥' if target.at_least else '≤'} {target.value:g}"
            rows.append(
                (
                    f"`{one.of.name}`",
                    target.figure,
                    bound,
                    _number(value),
                    "met" if is_met else "**missed**",
                )
            )
    return _table(("set", "figure", "target", "measured", ""), rows, words=2)


def _alerts(measured: Sequence[Measured]) -> str:
    rows = [
        (
            f"`{one.of.name}`",
            f"{one.days.alerts:,}",
            _number(one.days.per_1000_customer_days, 2),
            *(
                (_percent(one.days.precision), _percent(one.days.recall), _number(one.days.lift, 1))
                if one.of.is_labelled
                else (_NONE,) * 3
            ),
        )
        for one in measured
    ]
    return _table(("set", "alerts", "per 1,000 customer-days", "precision", "recall", "lift"), rows)


def _verdicts(measured: Sequence[Measured]) -> str:
    rows = []
    for place, first in enumerate(measured[0].detectors if measured else ()):
        figures = [one.detectors[place] for one in measured]
        labelled = [
            (figure, one) for figure, one in zip(figures, measured, strict=True) if one.of.is_labelled
        ]
        lifts = [(figure.days.lift, one.of.name) for figure, one in labelled if figure.days.lift is not None]
        best = max(lifts, default=None)
        rows.append(
            (
                first.detector,
                f"{sum(figure.postings for figure in figures):,}",
                f"{sum(figure.days.alerts for figure in figures):,}",
                f"{sum(figure.days.right for figure, _ in labelled):,}",
                f"{sum(figure.alone for figure, _ in labelled):,}",
                _NONE if best is None else f"{best[0]:.1f} (`{best[1]}`)",
                f"{max(one.costs[first.detector] for one in measured):.2f}",
                verdict(figures),
            )
        )
    heads = (
        "detector",
        "postings",
        "customer-days",
        "right",
        "found alone",
        "best lift",
        "µs/posting",
        "verdict",
    )
    return _table(heads, rows)


def _of_one(one: Measured) -> list[str]:
    parts = [f"## {one.of.name}", f"{one.of.about[0].upper()}{one.of.about[1:]}.", _detectors(one)]
    if one.typologies:
        rows = [(t.name, f"{t.planted}", f"{t.found}", f"{t.by_its_own}") for t in one.typologies]
        parts += [
            "Planted stretches with an alert on any of their days, and with one in which the detector of that name takes part:",
            _table(("planted", "stretches", "found", "by its own detector"), rows),
        ]
    if one.by_score:
        parts += [
            "Customer-days by score, and alerts by band:",
            _table(("score", "customer-days", "labelled", "share"), map(_band, one.by_score)),
            _table(("band", "alerts", "labelled", "share"), map(_band, one.by_band)),
        ]
    return parts


def _detectors(one: Measured) -> str:
    rows = []
    for figure in one.detectors:
        days = figure.days
        row = [figure.detector, f"{figure.postings:,}", f"{days.alerts:,}"]
        if one.of.is_labelled:
            row += [
                _percent(days.precision),
                _percent(days.recall),
                _number(days.lift, 1),
                f"{figure.alone:,}",
            ]
        else:
            row += [_number(days.per_1000_customer_days, 2)]
        rows.append((*row, f"{one.costs[figure.detector]:.2f}"))
    heads = ["detector", "postings", "customer-days"]
    heads += (
        ["precision", "recall", "lift", "found alone"] if one.of.is_labelled else ["per 1,000 customer-days"]
    )
    return _table((*heads, "µs/posting"), rows)


def _band(band: Band) -> tuple[str, ...]:
    share = band.labelled / band.customer_days if band.customer_days else None
    return band.name, f"{band.customer_days:,}", f"{band.labelled:,}", _percent(share)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table in Markdown; the first `words` columns are text."""
    rule = ["---"] * words + ["--:"] * (len(heads) - words)
    return _lines(*(f"| {' | '.join(row)} |" for row in (heads, rule, *rows)))


def _lines(*lines: str) -> str:
    return "\n".join(lines)


def _number(value: float | None, digits: int = 3) -> str:
    return _NONE if value is None else f"{value:,.{digits}f}"


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{share:.1%}"
