"""The command line: what can be asked, and how errors are said: one clear line, a non-zero exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from agents import cli_policy, commands, commands_backtest, commands_broker

Command = Callable[[argparse.Namespace], int]
WRONG: Final = 2
INTERRUPTED: Final = 130
UNREAD: Final = 141
"""What a shell calls the end of a program whose reader left, as `| head` does."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    top = parser()
    options = top.parse_args(arguments)
    command: Command | None = options.command
    try:
        if command is None:
            top.print_help()
            code = 0
        else:
            code = command(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("ledgerwatch: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        # What is still buffered has nowhere to go: Python would complain of it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except commands.expected_errors() as error:
        for line in commands.told(error).splitlines():
            sys.stderr.write(f"ledgerwatch: {line}\n")
        return WRONG
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; options are given by their whole names, which later ones cannot make unclear."""

    def __init__(self, **options: Any) -> None:  # whatever argparse's own takes
        super().__init__(
            **options,
            allow_abbrev=False,
            formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=28),
        )

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message.removeprefix('argument ')} (see {self.prog} --help)\n")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"ledgerwatch {version('ledgerwatch')}\n")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(
        prog="ledgerwatch",
        description="Streaming KYC and anti-money-laundering transaction monitoring.",
        epilog="`ledgerwatch COMMAND --help` says more of each.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    top.set_defaults(command=None)
    parts = top.add_subparsers(metavar="COMMAND")
    _worker(parts)
    _demo(parts)
    _replay(parts)
    _backtest(parts)
    _simulate(parts)
    _topics(parts)
    _dead_letters(parts)
    _policies(parts)
    _detectors(parts)
    return top


Parts: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001  # it has no public name


def _add(parts: Parts, name: str, command: Command, text: str) -> argparse.ArgumentParser:
    part = parts.add_parser(name, help=text, description=text)
    part.set_defaults(command=command)
    return part


def _worker(parts: Parts) -> None:
    _add(parts, "worker", commands.worker, "run a worker; it is configured by the environment and .env")


def _demo(parts: Parts) -> None:
    part = _add(parts, "demo", commands.demo, "the whole service against a simulated bank, with live alerts")
    part.add_argument(
        "--customers",
        type=_positive,
        metavar="N",
        default=2_000,
        help="customers of the bank (default: 2000)",
    )
    part.add_argument(
        "--days", type=_positive, metavar="N", default=90, help="days of postings (default: 90)"
    )
    part.add_argument("--seed", type=int, metavar="N", default=7, help="which bank (default: 7)")
    part.add_argument(
        "--pace",
        type=_positive,
        metavar="N",
        default=1_000,
        help="postings/s of the last stretch (default: 1000)",
    )
    part.add_argument("--plain", action="store_true", help="plain lines instead of the live view")


def _replay(parts: Parts) -> None:
    part = _add(
        parts, "replay", commands.replay_files, "judge postings in files: no broker, the worker's alerts"
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
    _policy(part)
    part.add_argument(
        "--alerts", type=Path, required=True, metavar="OUT.jsonl", help="alert revisions, one a line"
    )
    part.add_argument("--scores", type=Path, metavar="OUT.parquet", help="one row per posting, for ranking")
    part.add_argument(
        "--threshold-reports", type=Path, metavar="OUT.jsonl", help="large-value report revisions, one a line"
    )
    part.add_argument(
        "--risk-grades", type=Path, metavar="OUT.jsonl", help="changes of customers' risk grades, one a line"
    )
    part.add_argument(
        "--shadow-findings", type=Path, metavar="OUT.jsonl", help="what detectors on trial found"
    )
    part.add_argument(
        "--without-peers",
        action="store_true",
        help="see each customer alone, as a worker does until the first week of the bank is summed up",
    )
    part.add_argument(
        "--dead-letters", type=Path, metavar="OUT.jsonl", help="what could not be judged, and why"
    )


def _backtest(parts: Parts) -> None:
    part = _add(
        parts,
        "backtest",
        commands_backtest.backtest,
        "what another policy would have said of the same postings",
    )
    _policy(part)
    commands_backtest.add_options(part)


def _simulate(parts: Parts) -> None:
    part = _add(
        parts, "simulate", commands.simulate_bank, "a synthetic bank with planted, labelled behaviour"
    )
    where = part.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--output", type=Path, metavar="DIR", help="write transactions, customers and labels there"
    )
    where.add_argument(
        "--to-topics", action="store_true", help="publish to the topics of KAFKA_BOOTSTRAP_SERVERS"
    )
    part.add_argument("--customers", type=_positive, metavar="N", default=2_000, help="default: 2000")
    part.add_argument("--days", type=_positive, metavar="N", default=90, help="default: 90")
    part.add_argument(
        "--start",
        type=_date,
        metavar="DATE",
        default=date(2026, 1, 5),
        help="first business date (default: 2026-01-05)",
    )
    part.add_argument("--seed", type=int, metavar="N", default=7, help="which bank (default: 7)")
    part.add_argument(
        "--planted", type=_not_negative, metavar="N", help="customers per typology (default: one in 500)"
    )
    part.add_argument(
        "--format",
        choices=("jsonl", "csv", "parquet"),
        help="with --output: of the transactions (default: jsonl)",
    )
    part.add_argument(
        "--rate", type=_positive, metavar="N", help="with --to-topics: postings a second (default: all)"
    )


def _topics(parts: Parts) -> None:
    text = "declare or verify the topics"
    group = parts.add_parser("topics", help=text, description=text).add_subparsers(
        metavar="create|check", required=True
    )
    _add(
        group,
        "create",
        commands_broker.topics_create,
        "declare the topics that are missing, verify the others",
    )
    _add(group, "check", commands_broker.topics_check, "verify that all topics exist and fit")


def _dead_letters(parts: Parts) -> None:
    text = "see and play again what could not be judged"
    group = parts.add_parser("dead-letters", help=text, description=text).add_subparsers(
        metavar="list|replay", required=True
    )
    listing = _add(group, "list", commands_broker.dead_letters_list, "what could not be judged, and why")
    listing.add_argument("--reason", help="only these")
    listing.add_argument(
        "--json", action="store_true", help="whole records, one a line (they hold customers' data)"
    )
    again = _add(
        group,
        "replay",
        commands_broker.dead_letters_replay,
        "send the originals to their topics again, those alike once",
    )
    again.add_argument("--reason", help="only these")
    again.add_argument("--dry-run", action="store_true", help="say what would be sent, send nothing")


def _policies(parts: Parts) -> None:
    text = "look at policies, compare them, release them"
    group = parts.add_parser("policy", help=text, description=text).add_subparsers(
        metavar=cli_policy.ACTIONS, required=True
    )
    cli_policy.policy_commands(partial(_add, group))


def _detectors(parts: Parts) -> None:
    part = _add(
        parts, "detectors", commands.detectors, "the catalogue: what is looked for, and from which numbers"
    )
    _policy(part)
    part.add_argument("--language", choices=("en", "zh"), default="en", help="default: en")
    part.add_argument("--markdown", action="store_true", help="as the page in the repository")


def _policy(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--policy", metavar="NAME", default="cn-pboc", help="a packaged policy, or a file (default: cn-pboc)"
    )
    part.add_argument(
        "--timezone", metavar="ZONE", default="Asia/Shanghai", help="the bank's (default: Asia/Shanghai)"
    )


def _positive(text: str) -> int:
    return _at_least(1, text)


def _not_negative(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"a whole number from {least} is expected, not {text}")
    return number


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date like 2026-01-05 is expected, not {text}") from None
