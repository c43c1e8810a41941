"""What each command does. Libraries that a command does not need are not imported for it: it starts at once."""

import argparse
import shutil
import textwrap
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agents.logs import SafeError
from agents.outputs import OutputError, whole_files
from agents.policies import read_policy
from agents.settings import SettingsError, load_settings
from monitor.policy import Policy, PolicyError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from agents.replay import ReplayResult
    from agents.simulator import SimulationPlan

NARROWEST, WIDEST = 60, 100
"""Columns of text: the terminal's, but no wider than can be read."""
_TITLE = 18
"""Of those, a title's."""


def expected_errors() -> tuple[type[Exception], ...]:
    """Errors that are the user's to mend: said in one line each, without frames."""
    from kafka.errors import KafkaError

    from agents.files import FileError
    from agents.topics import BrokerUnreachableError, TopicsError

    ours = (SafeError, SettingsError, PolicyError, FileError, OptionError, OutputError)
    return (*ours, BrokerUnreachableError, TopicsError, KafkaError, OSError)


def told(error: Exception) -> str:
    """One of those errors in words, one line for each problem."""
    from kafka.errors import KafkaError

    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    if isinstance(error, KafkaError):
        return f"the broker: {' '.join(str(error).split()) or type(error).__name__}"
    return str(error) or type(error).__name__


class OptionError(ValueError):
    """Options that do not go together, or hold what cannot be."""


def worker(_options: argparse.Namespace) -> int:
    """`ledgerwatch worker`."""
    from agents.worker import run_worker

    return run_worker(load_settings())


def demo(options: argparse.Namespace) -> int:
    """`ledgerwatch demo`."""
    from agents.demo import DemoOptions, run_demo

    return run_demo(
        DemoOptions(
            customers=options.customers,
            days=options.days,
            seed=options.seed,
            pace=options.pace,
            plain=True if options.plain else None,
        )
    )


def replay_files(options: argparse.Namespace) -> int:
    """`ledgerwatch replay`."""
    from agents.replay import replay

    policy = _policy(options)
    total = _count_rows(options)
    given = {name: path for name, path in _replay_outputs(options).items() if path is not None}
    started = time.monotonic()
    with whole_files(given) as parts, ExitStack() as opened, progress_bar() as bar:
        task = bar.add_task("judging", total=total)
        result = replay(
            policy,
            options.transactions,
            outputs={
                name.removeprefix("--"): opened.enter_context(part.open("wb"))
                for name, part in parts.items()
                if name != "--scores"
            },
            customers=options.customers,
            scores=parts.get("--scores"),
            with_peers=not options.without_peers,
            progress=lambda rows: bar.advance(task, rows),
        )
    _print_replayed(result, time.monotonic() - started, are_letters_kept="--dead-letters" in given)
    return 0


def _replay_outputs(options: argparse.Namespace) -> dict[str, Path | None]:
    """The files to be written, by their option: the name of a topic, but for the scores."""
    return {
        "--alerts": options.alerts,
        "--threshold-reports": options.threshold_reports,
        "--risk-grades": options.risk_grades,
        "--shadow-findings": options.shadow_findings,
        "--dead-letters": options.dead_letters,
        "--scores": options.scores,
    }


def _count_rows(options: argparse.Namespace) -> int | None:
    read = [("--transactions", path) for path in options.transactions]
    read += [] if options.customers is None else [("--customers", options.customers)]
    outputs = [path for path in _replay_outputs(options).values() if path is not None]
    return rows_to_judge(read, read, outputs)


def rows_to_judge(
    judged: Iterable[tuple[str, Path]], read: Iterable[tuple[str, Path]], outputs: Iterable[Path]
) -> int | None:
    """How many rows there are in `judged`, if the files tell. All files `read` are there, and none is also an output.

    Raises:
        OptionError: that is not so; one line for each file, with its option.
    """
    from agents.files import count_records

    written = {path.resolve() for path in outputs}
    problems = []
    for name, path in read:
        if not path.is_file():
            problems.append(f"{name}: {path}: {'is a directory' if path.is_dir() else 'no such file'}")
        elif path.resolve() in written:
            problems.append(f"{name}: {path}: would be overwritten")
    if problems:
        raise OptionError("\n".join(problems))
    counts = [count_records(path) for _, path in judged]
    return None if None in counts else sum(count for count in counts if count is not None)


def _print_replayed(result: "ReplayResult", seconds: float, *, are_letters_kept: bool) -> None:
    tally = result.tally
    rate = f"{seconds:.1f} s ({tally.applied / max(seconds, 1e-9):,.0f}/s)"
    print(f"postings judged   {tally.applied:,} in {rate}")
    print(f"not counted       {tally.duplicates:,} duplicates, {tally.reversed:,} reversals")
    print(f"came late         {tally.late:,}")
    print(f"alerts            {result.alerts:,} in {result.revisions:,} revisions")
    print(
        f"groups            {len(result.group_states):,} heard of; {result.group_alerts:,} of the alerts are theirs"
    )
    _print_counts("postings finding", tally.findings)
    _print_counts("grade changes to", tally.grade_changes)
    _print_counts("findings on trial", result.shadow_findings)
    _print_counts("reports by rule", result.threshold_reports)
    _print_counts("dead letters", result.dead_letters)
    if result.dead_letters and not are_letters_kept:
        print("                  --dead-letters OUT.jsonl would keep them")


def _print_counts(title: str, counts: Counter[str]) -> None:
    lines = [f"{count:>9,} {name}" for name, count in counts.most_common()] or ["none"]
    for number, line in enumerate(lines):
        print(f"{title if number == 0 else '':<17} {line}")


def simulate_bank(options: argparse.Namespace) -> int:
    """`ledgerwatch simulate`."""
    from agents.simulator import simulate

    if options.to_topics and options.format is not None:
        raise OptionError("--format: goes with --output, not with --to-topics")
    if options.rate is not None and not options.to_topics:
        raise OptionError("--rate: goes with --to-topics, not with --output")
    settings = load_settings() if options.to_topics else None
    bank = simulate(_plan(options))
    with progress_bar() as bar:
        task = bar.add_task("postings", total=None)

        def progress(done: int) -> None:
            bar.update(task, completed=done)

        if settings is not None:
            from agents.feeding import publish_bank

            count = publish_bank(settings, bank, options.rate, progress=progress)
            where = "the topics"
        else:
            from agents.simulator.files import write_bank

            count = write_bank(bank, options.output, options.format or "jsonl", progress=progress)
            where = str(options.output)
    print(f"{count:,} postings of {bank.plan.customers:,} customers, written to {where}")
    _print_labels(Counter(label.typology for label in bank.labels))
    return 0


def _print_labels(counts: Counter[str]) -> None:
    from agents.simulator.labels import LOOKALIKE, NOISE, is_planted

    for title, names in (
        ("planted", sorted(filter(is_planted, counts))),
        ("look-alikes", sorted(name for name in counts if name.startswith(LOOKALIKE))),
        ("irregularities", sorted(name for name in counts if name.startswith(NOISE))),
    ):
        told = [f"{name.rpartition(':')[2]} {counts[name]:,}" for name in names]
        lines = textwrap.wrap(", ".join(told) or "none", columns() - _TITLE, break_on_hyphens=False)
        for number, line in enumerate(lines):
            print(f"{title if number == 0 else '':<{_TITLE}}{line}")


def _plan(options: argparse.Namespace) -> "SimulationPlan":
    from agents.simulator import SimulationPlan

    try:
        return SimulationPlan(
            seed=options.seed,
            customers=options.customers,
            days=options.days,
            start=options.start,
            planted_per_typology=options.planted,
        )
    except ValueError as error:
        text = str(error).replace("planted_per_typology=0", "--planted 0")
        raise OptionError(f"--{text.replace('planted_per_typology', 'planted')}") from error


def detectors(options: argparse.Namespace) -> int:
    """`ledgerwatch detectors`."""
    from agents.catalogue_page import catalogue_markdown, catalogue_text

    policy = _policy(options)
    if options.markdown:
        print(catalogue_markdown(policy, options.language), end="")
    else:
        print(catalogue_text(policy, options.language, columns()), end="")
    return 0


def columns() -> int:
    """How wide text is written."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))


def _policy(options: argparse.Namespace) -> Policy:
    return policy_named(options.policy, options.timezone)


def policy_named(name: str, timezone: str) -> Policy:
    """The packaged policy or the file of that name, for a bank in that time zone.

    Raises:
        OptionError: there is no such time zone.
        PolicyError: there is no such policy, or it is not valid.
    """
    return read_policy(name, known_zone(timezone).key)


def known_zone(name: str) -> "ZoneInfo":
    """The time zone that `--timezone` names.

    Raises:
        OptionError: there is none of that name.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise OptionError(f"--timezone: not an IANA time zone: {name}") from None


def progress_bar() -> Progress:
    """A bar on standard error, where that is a terminal; it leaves nothing behind."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
