"""`ledgerwatch backtest`: what another policy would have said of the same postings."""

import argparse
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from agents.commands import NARROWEST, WIDEST, policy_named, progress_bar, rows_to_judge
from agents.outputs import whole_files
from monitor.policy import Policy

if TYPE_CHECKING:
    from agents.backtest import Comparison, Replayed


def add_options(part: argparse.ArgumentParser) -> None:
    """The options that are its own; `--policy` and `--timezone` are as everywhere."""
    part.add_argument(
        "--against", required=True, metavar="NAME", help="the policy to hold against it, named likewise"
    )
    part.add_argument(
        "--transactions",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="JSONL, CSV or Parquet, in order",
    )
    part.add_argument("--customers", type=Path, metavar="FILE", help="KYC records, applied first")
    part.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="transaction_id and label (1 or 0), or the labels of `simulate` (default: what the transactions have)",
    )
    part.add_argument("--output", type=Path, metavar="OUT.html", help="the report as one page, with plots")
    part.add_argument("--json", type=Path, metavar="OUT.json", help="the report for programs")


def backtest(options: argparse.Namespace) -> int:
    """Replay both policies over the same files, compare, and tell in text, JSON and HTML."""
    today, candidate = (policy_named(name, options.timezone) for name in (options.policy, options.against))
    outputs = {"--output": options.output, "--json": options.json}
    given = {name: path for name, path in outputs.items() if path is not None}
    total = _rows(options, given.values())
    with whole_files(given) as parts:
        comparison = _compared(options, today, candidate, total)
        _write(comparison, parts)
    from agents.backtest.text import show

    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    show(comparison, Console(width=width))
    return 0


def _rows(options: argparse.Namespace, outputs: Iterable[Path]) -> int | None:
    judged = [("--transactions", path) for path in options.transactions]
    judged += [] if options.customers is None else [("--customers", options.customers)]
    labels = [] if options.labels is None else [("--labels", options.labels)]
    return rows_to_judge(judged, [*judged, *labels], outputs)


def _compared(
    options: argparse.Namespace, today: Policy, candidate: Policy, total: int | None
) -> "Comparison":
    from agents.backtest.compare import compare
    from agents.backtest.differences import differences
    from agents.backtest.labels import labels_of_transactions, read_labels
    from agents.backtest.segments import read_segments
    from monitor.catalogue import DETECTORS, GROUP_DETECTORS

    labels = options.labels
    positives = labels_of_transactions(options.transactions) if labels is None else read_labels(labels)
    segments = {}
    if options.customers is not None:
        segments = read_segments(options.customers, options.timezone, today.currency)
    a, b = _replayed(options, positives or frozenset(), total)
    return compare(
        a,
        b,
        detectors=[detector.id for detector in (*DETECTORS, *GROUP_DETECTORS)],
        segments=segments,
        calendar=today.calendar,
        is_labelled=positives is not None,
        differences=differences(today.document.model_dump(), candidate.document.model_dump()),
    )


def _replayed(
    options: argparse.Namespace, positives: frozenset[str], total: int | None
) -> tuple["Replayed", "Replayed"]:
    from agents.backtest.run import Job, replay_both

    a, b = (
        Job(name, options.timezone, tuple(options.transactions), options.customers, positives)
        for name in (options.policy, options.against)
    )
    with progress_bar() as bar:
        tasks = [bar.add_task(f"judging by {name}", total=total) for name in "AB"]
        return replay_both((a, b), lambda side, rows: bar.advance(tasks[side], rows))


def _write(comparison: "Comparison", parts: Mapping[str, Path]) -> None:
    from agents.backtest.document import document
    from agents.backtest.page import page
    from agents.backtest.page_rows import Named
    from monitor.catalogue import DETECTORS, GROUP_DETECTORS

    if "--json" in parts:
        parts["--json"].write_bytes(document(comparison))
    if "--output" in parts:
        questions = {one.id: Named(one.question, one.question_zh) for one in (*DETECTORS, *GROUP_DETECTORS)}
        parts["--output"].write_text(page(comparison, questions), encoding="utf-8")
