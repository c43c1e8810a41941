"""The demo's last words: what was sent, how fast it was judged, and how good the alerts were."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agents.demo.board import AlertBoard
from agents.demo.measures import Measures
from agents.demo.options import DemoOptions
from agents.demo.poison import Poison
from agents.demo.verdict import GRACE, Verdict

_BANDS: Final = ("critical", "high", "medium", "low")
_WIDTH: Final = 79
_HEAD: Final = 15


@dataclass(frozen=True, slots=True)
class Report:
    """All that the summary says."""

    options: DemoOptions
    sent: int
    poison: Sequence[Poison]
    fast_postings: int
    fast_seconds: float
    fast_busy_seconds: float
    """Of those, so long the worker was at work on record batches."""
    seconds: float
    measures: Measures
    board: AlertBoard
    verdict: Verdict


def summary(report: Report) -> str:
    """Lines of at most 79 characters, without colours."""
    return "\n".join([*_postings(report), *_alerts(report), *_verdict(report.verdict)])


def percentile(values: Sequence[int], share: float) -> int:
    """The smallest value that at least this share of `values` does not exceed.

    >>> percentile([30, 10, 20, 40], 0.5)
    20
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _postings(report: Report) -> Iterator[str]:
    options, measures = report.options, report.measures
    yield (
        f"Ledgerwatch demo: {options.customers:,} customers, {options.days} days, seed {options.seed}; "
        f"{report.seconds:.0f} s after set-up"
    )
    yield ""
    yield from _line(
        "postings",
        f"{report.sent:,} sent: {measures.judged:,} judged (of them {measures.late:,} late), {measures.reversed:,} reversals, "
        f"{measures.duplicates:,} duplicates, {sum(measures.dead_letters.values()):,} dead letters",
    )
    yield from _line("dead letters", _dead_letters(measures.dead_letters, report.poison))
    if report.fast_seconds:
        yield from _line(
            "speed",
            f"{report.fast_postings / report.fast_seconds:,.0f} postings/s: {report.fast_postings:,} in "
            f"{report.fast_seconds:.1f} s by one worker ({report.fast_busy_seconds / report.fast_seconds:.0%} busy), "
            "state durable, sharing the machine with broker and bank",
        )
    yield from _line("latency", _latency(report))
    median, most = measures.state_bytes_at_most(0.5), measures.state_bytes_at_most(0.99)
    if median is not None:
        yield from _line(
            "state",
            f"{measures.state_bytes_mean:,.0f} bytes per customer on average; at most {median:,.0f} for half of them, "
            f"{most:,.0f} for 99 %",
        )


def _dead_letters(reasons: Mapping[str, int], poison: Sequence[Poison]) -> str:
    expected = Counter(reason.value for reason, _, _ in poison)
    met = sum(min(count, reasons.get(reason, 0)) for reason, count in expected.items())
    others = Counter(reasons) - expected
    told = ", ".join(sorted(expected)) or "none sent"
    rest = ", ".join(f"{reason} {count}" for reason, count in others.most_common()) or "none"
    return f"{met} of {len(poison)} poisoned records set aside for the right reason ({told}); others: {rest}"


def _latency(report: Report) -> str:
    published, read = report.board.published_ms, report.board.read_ms
    if not published:
        return f"not measured: no alert in the last stretch at {report.options.pace:,} postings/s"
    return (
        f"p50 {percentile(published, 0.5)} ms, p99 {percentile(published, 0.99)} ms from a posting's timestamp to its "
        f"alert's publication (p50 {percentile(read, 0.5)} ms, p99 {percentile(read, 0.99)} ms to its being read here): "
        f"{len(published):,} alert revisions at {report.options.pace:,} postings/s"
    )


def _alerts(report: Report) -> Iterator[str]:
    board = report.board
    bands = board.bands()
    yield from _line(
        "alerts",
        f"{len(board.newest):,} in {board.revisions:,} revisions: "
        + ", ".join(f"{bands[band]:,} {band}" for band in _BANDS),
    )
    yield from _line(
        "by detector", ", ".join(f"{name} {n:,}" for name, n in board.detectors().most_common()) or "none"
    )


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield ""
    if verdict.typologies:
        yield f"{'planted behaviour':24}{'times':>10}{'found':>8}{'by another detector':>22}{'missed':>9}"
        for name, found in [*sorted(verdict.typologies.items()), ("all", verdict.whole)]:
            yield f"{name:24}{found.planted:>10}{found.found:>8}{found.otherwise:>22}{found.missed:>9}"
        yield ""
        quiet = verdict.lookalikes - sum(verdict.loud_lookalikes.values())
        loud = ", ".join(f"{name} {count}" for name, count in sorted(verdict.loud_lookalikes.items()))
        yield from _line(
            "look-alikes",
            f"{quiet} of {verdict.lookalikes} customers whose normal behaviour resembles the planted stayed quiet"
            + (f"; not so: {loud}" if loud else ""),
        )
    false = verdict.false_alerts
    bands = ", ".join(f"{false[band]:,} {band}" for band in _BANDS)
    yield from _line(
        "false alerts",
        f"{sum(false.values()):,} ({bands}): {verdict.false_per_1000_days:.2f} per 1,000 customer-days, "
        f"{verdict.false_urgent_per_1000_days:.2f} of them high or critical; days of planted behaviour, and "
        f"{GRACE.days} after, left out",
    )


def _line(head: str, text: str) -> Iterator[str]:
    """Text beside its head, in as many lines as it takes."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > _WIDTH - _HEAD:
            yield f"{head:{_HEAD}}{line}"
            head, line = "", word
        else:
            line = f"{line} {word}" if line else word
    yield f"{head:{_HEAD}}{line}"
