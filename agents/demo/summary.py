"""The demo's last words: what was sent, how fast it was judged, and how good the alerts were."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agents.demo.board import AlertBoard
from agents.demo.desk import Desk
from agents.demo.measures import Measures
from agents.demo.options import DemoOptions
from agents.demo.poison import Poison
from agents.demo.verdict import Found, Verdict
from monitor.detectors import peer_outlier

_BANDS: Final = ("critical", "high", "medium", "low")
_WIDTH: Final = 79
_HEAD: Final = 15
_SHOWN: Final = 8
"""Most detectors named in one list."""
_PEERS: Final = "(peers count from a minute after a closed month is summed up)"


@dataclass(frozen=True, slots=True)
class Report:
    """All that the summary says."""

    options: DemoOptions
    sent: int
    poison: Sequence[Poison]
    fast_postings: int
    fast_seconds: float
    fast_judging_seconds: float
    """Of those, so long the worker was judging and learning."""
    seconds: float
    measures: Measures
    board: AlertBoard
    desk: Desk
    verdict: Verdict


def summary(report: Report) -> str:
    """Lines of at most 79 characters, as many as a terminal of 40 rows shows, without colours."""
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
        f"{report.sent:,} sent: {measures.judged:,} judged ({measures.late:,} late), {measures.reversed:,} reversals, "
        f"{measures.duplicates:,} duplicates, {sum(measures.dead_letters.values()):,} dead letters",
    )
    yield from _line("dead letters", _dead_letters(measures.dead_letters, report.poison))
    if report.fast_seconds:
        yield from _line(
            "speed",
            f"{report.fast_postings / report.fast_seconds:,.0f} postings/s: {report.fast_postings:,} in "
            f"{report.fast_seconds:.1f} s by one worker ({report.fast_judging_seconds / report.fast_seconds:.0%} of it judging), "
            "state durable, broker and bank on the same machine",
        )
    yield from _line("latency", _latency(report))
    median, most = measures.state_bytes_at_most(0.5), measures.state_bytes_at_most(0.99)
    if median is not None:
        yield from _line(
            "state",
            f"{measures.state_bytes_mean:,.0f} bytes per customer; half have at most {median:,.0f}, 99 % {most:,.0f}",
        )


def _dead_letters(reasons: Mapping[str, int], poison: Sequence[Poison]) -> str:
    expected = Counter(reason.value for reason, _, _ in poison)
    met = sum(min(count, reasons.get(reason, 0)) for reason, count in expected.items())
    others = Counter(reasons) - expected
    rest = ", ".join(f"{reason} {count}" for reason, count in others.most_common()) or "none"
    return f"{met} of {len(poison)} poisoned ones for the right reason; others: {rest}"


def _latency(report: Report) -> str:
    published, read = report.board.published_ms, report.board.read_ms
    if not published:
        return f"not measured: no alert in the last stretch at {report.options.pace:,} postings/s"
    return (
        f"p50 {percentile(published, 0.5)} ms, p99 {percentile(published, 0.99)} ms from a posting to its alert's publication, "
        f"{percentile(read, 0.5)} and {percentile(read, 0.99)} ms until read here "
        f"({len(published):,} alerts at {report.options.pace:,} postings/s)"
    )


def _alerts(report: Report) -> Iterator[str]:
    board, desk = report.board, report.desk
    bands = board.bands()
    yield from _line(
        "alerts",
        f"{len(board.newest):,} in {board.revisions:,} revisions: "
        + ", ".join(f"{bands[band]:,} {band}" for band in _BANDS)
        + f"; {board.of_groups():,} are of groups of connected customers",
    )
    yield from _line("by detector", _most(board.detectors()))
    rules = desk.rules()
    yield from _line("large-value", f"{rules.total():,} reports due, by rule: {_most(rules)}")
    on_trial, grades = desk.on_trial(), desk.grades
    yield from _line(
        "beside alerts",
        f"{on_trial.total():,} findings on trial: {_most(on_trial)}; "
        f"{grades.total():,} changes of risk grades, to: {_most(grades)}",
    )


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield ""
    if verdict.typologies:
        yield from _planted(verdict)
    if verdict.lookalikes:
        loud = ", ".join(f"{name} {count}" for name, count in sorted(verdict.loud_lookalikes.items()))
        yield from _line(
            "look-alikes",
            f"{verdict.loud_lookalikes.total()} of {verdict.lookalikes} normal customers alerted: {loud or 'none'}",
        )
    false = verdict.false_alerts
    bands = ", ".join(f"{false[band]:,} {band}" for band in _BANDS)
    yield from _line(
        "false alerts",
        f"{verdict.false_per_1000_days:.2f} per 1,000 customer-days without planted behaviour, "
        f"{verdict.false_urgent_per_1000_days:.2f} high or critical: {bands}",
    )


def _planted(verdict: Verdict) -> Iterator[str]:
    """What became of every kind of planted behaviour: those wholly found by name, the others with their numbers."""
    whole = verdict.whole
    yield from _line(
        "planted",
        f"{len(verdict.typologies)} kinds, {whole.planted} times: {whole.found} found by their own detector, "
        f"{whole.on_trial} by it on trial, {whole.otherwise} by others only, {whole.missed} missed",
    )
    in_full, in_part, not_found = [], [], []
    for name, found in sorted(verdict.typologies.items()):
        if found.found == found.planted:
            in_full.append(name)
        elif found.found:
            in_part.append(f"{name} {found.found}/{found.planted}")
        else:
            not_found.append(f"{name} ({_otherwise(found)})")
    for head, names in (("all found", in_full), ("found in part", in_part), ("not found", not_found)):
        if names:
            yield from _line(head, ", ".join(names))
    peers = verdict.typologies.get(peer_outlier.ID)
    if peers is not None and not peers.found:
        yield from _line("", _PEERS)


def _otherwise(found: Found) -> str:
    parts = ((found.on_trial, "on trial"), (found.otherwise, "by others"), (found.missed, "missed"))
    return ", ".join(f"{count} {what}" for count, what in parts if count)


def _most(counts: Counter[str]) -> str:
    """The most frequent, and how many others there are."""
    told = [f"{name} {count:,}" for name, count in counts.most_common(_SHOWN)]
    if len(counts) > _SHOWN:
        told.append(f"and {len(counts) - _SHOWN} more")
    return ", ".join(told) or "none"


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
