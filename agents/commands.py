"""What each command does. Libraries that a command does not need are not imported for it: it starts at once."""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agents.logs import SafeError
from agents.policies import read_policy
from agents.settings import Settings, SettingsError, load_settings
from monitor.policy import Policy, PolicyError


def expected_errors() -> tuple[type[Exception], ...]:
    """Errors that are the user's to mend: said in one line, without frames."""
    from agents.files import FileError

    return (SafeError, SettingsError, PolicyError, FileError, OptionError, OSError)


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
    from agents.files import count_records
    from agents.replay import replay

    policy = _policy(options)
    for path in (
        options.transactions if options.customers is None else [*options.transactions, options.customers]
    ):
        if not path.is_file():
            raise OptionError(f"{path}: no such file")
    counts = [count_records(path) for path in options.transactions]
    total = sum(count for count in counts if count is not None) if None not in counts else None
    started = time.monotonic()
    with (
        Path(options.alerts).open("wb") as alerts,
        _maybe(options.dead_letters) as dead_letters,
        _bar() as bar,
    ):
        task = bar.add_task("judging", total=total)
        result = replay(
            policy,
            options.transactions,
            alerts=alerts,
            customers=options.customers,
            scores=options.scores,
            dead_letters=dead_letters,
            progress=lambda rows: bar.advance(task, rows),
        )
    seconds = time.monotonic() - started
    tally = result.tally
    refused = (
        ", ".join(f"{count:,} {reason}" for reason, count in result.dead_letters.most_common()) or "none"
    )
    found = ", ".join(f"{count:,} {name}" for name, count in tally.findings.most_common()) or "none"
    print(
        f"postings judged   {tally.applied:,} in {seconds:.1f} s ({tally.applied / max(seconds, 1e-9):,.0f}/s)"
    )
    print(
        f"not counted       {tally.duplicates:,} duplicates, {tally.reversed:,} reversals; {tally.late:,} came late"
    )
    print(f"alerts            {result.alerts:,} in {result.revisions:,} revisions")
    print(f"postings finding  {found}")
    print(f"dead letters      {refused}")
    return 0


def simulate_bank(options: argparse.Namespace) -> int:
    """`ledgerwatch simulate`."""
    from agents.simulator import SimulationPlan, simulate
    from agents.simulator.files import write_bank

    try:
        plan = SimulationPlan(
            seed=options.seed,
            customers=options.customers,
            days=options.days,
            start=options.start,
            planted_per_typology=options.planted,
        )
    except ValueError as error:
        raise OptionError(str(error)) from error
    bank = simulate(plan)
    with _bar() as bar:
        task = bar.add_task("postings", total=None)
        if options.to_topics:
            from agents.feeding import publish_bank

            count = publish_bank(
                load_settings(), bank, options.rate, progress=lambda done: bar.update(task, completed=done)
            )
            where = "the topics"
        else:
            count = write_bank(
                bank, options.output, options.format, progress=lambda done: bar.update(task, completed=done)
            )
            where = str(options.output)
    planted = Counter(label.typology for label in bank.labels)
    print(f"{count:,} postings of {len(bank.customers):,} customers, written to {where}")
    print("labelled: " + ", ".join(f"{number} {name}" for name, number in sorted(planted.items())))
    return 0


def topics_create(_options: argparse.Namespace) -> int:
    """`ledgerwatch topics create`."""
    from agents.topics import admin_client, create_topics

    settings = load_settings()
    with admin_client(settings) as admin:
        created = create_topics(settings, admin)
    print(f"created: {', '.join(created) or 'nothing, all were there'}")
    return 0


def topics_check(_options: argparse.Namespace) -> int:
    """`ledgerwatch topics check`."""
    from agents.topics import admin_client, check_topics, topic_specs

    settings = load_settings()
    with admin_client(settings) as admin:
        check_topics(settings, admin)
    print(f"all {len(topic_specs(settings))} topics are there and fit")
    return 0


def dead_letters_list(options: argparse.Namespace) -> int:
    """`ledgerwatch dead-letters list`."""
    from agents.dead_letters import read_dead_letters

    reasons: Counter[str] = Counter()
    for letter in read_dead_letters(_settings(), _reason(options.reason)):
        reasons[letter.reason] += 1
        if options.json:
            sys.stdout.buffer.write(letter.to_json() + b"\n")
        else:
            place = letter.message_key().decode()
            print(f"{place}  {letter.reason}  {letter.value_bytes} bytes  {letter.detail}")
    if not options.json:
        print("dead letters: " + (", ".join(f"{n:,} {name}" for name, n in reasons.most_common()) or "none"))
    return 0


def dead_letters_replay(options: argparse.Namespace) -> int:
    """`ledgerwatch dead-letters replay`."""
    from agents.dead_letters import read_dead_letters, send_again

    settings = _settings()
    letters = list(read_dead_letters(settings, _reason(options.reason)))
    if options.dry_run:
        print(f"would send {len(letters):,} records to their topics again")
        return 0
    sent = send_again(settings, letters)
    print(
        f"sent {sent:,} records to their topics again; what was counted before is recognised and not counted twice"
    )
    return 0


def detectors(options: argparse.Namespace) -> int:
    """`ledgerwatch detectors`."""
    from agents.catalogue_page import catalogue_markdown, catalogue_text

    policy = _policy(options)
    print(catalogue_markdown(policy) if options.markdown else catalogue_text(policy, options.language))
    return 0


def _settings() -> Settings:
    return load_settings()


def _reason(text: str | None) -> str | None:
    from schemas import DeadLetterReason

    if text is not None and text not in list(DeadLetterReason):
        raise OptionError(f"--reason: one of {', '.join(DeadLetterReason)} is expected, not {text}")
    return text


def _policy(options: argparse.Namespace) -> Policy:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(options.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise OptionError(f"--timezone: not an IANA time zone: {options.timezone}") from None
    return read_policy(options.policy, options.timezone)


class _maybe:  # noqa: N801  # reads as a word in the with statement
    """The file opened for writing, or None."""

    def __init__(self, path: Path | None) -> None:
        self._file: BinaryIO | None = None if path is None else path.open("wb")

    def __enter__(self) -> BinaryIO | None:
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
