"""The command line as its users meet it: what it says, on which stream, and with which exit code."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from agents.cli import UNREAD, run
from tests.architecture.tree import ROOT

_COMMANDS = (
    "worker",
    "demo",
    "replay",
    "backtest",
    "simulate",
    "topics",
    "dead-letters",
    "policy",
    "detectors",
)
_POLICY = ROOT / "monitor" / "policies" / "cn-pboc.yaml"


@pytest.fixture(autouse=True)
def _nothing_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("KAFKA_", "LEDGERWATCH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def _exit_code(*arguments: str) -> int:
    try:
        return run(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else -1


def _complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines on standard error of a command that fails; it says nothing else."""
    assert _exit_code(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    lines = err.splitlines()
    assert all(line.startswith("ledgerwatch") for line in lines)
    return lines


def test_without_a_command_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code() == 0
    bare = capsys.readouterr().out
    assert all(f"    {command}" in bare for command in _COMMANDS)
    assert _exit_code("--help") == 0
    assert capsys.readouterr().out == bare


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code("--version") == 0
    assert capsys.readouterr().out == f"ledgerwatch {version('ledgerwatch')}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        *((command,) for command in _COMMANDS),
        *(("topics", action) for action in ("create", "check")),
        *(("dead-letters", action) for action in ("list", "replay")),
        *(("policy", action) for action in ("validate", "show", "diff", "publish", "history")),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself_in_80_columns(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _exit_code(*arguments, "--help") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("nonsense", "'nonsense'"),
        ("topics", "create|check"),
        ("dead-letters", "list|replay"),
        ("policy", "validate|show|diff|publish|history"),
        ("policy validate", "FILE"),
        ("policy validate nowhere", "policy nowhere: no such packaged policy"),
        ("policy show --kind robot", "--kind: invalid choice"),
        ("policy show --segment payroll", "--segment: cn-pboc has no segments, not payroll"),
        ("policy diff cn-pboc", "NEW"),
        ("policy publish cn-pboc --author A", "--approver"),
        ("policy publish cn-pboc --author A --approver B", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("policy history", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("replay", "--transactions, --alerts"),
        ("replay --transactions", "--transactions: expected"),
        ("simulate", "--output --to-topics"),
        ("simulate --output a --to-topics", "--to-topics: not allowed with"),
        ("simulate --output a --customers 0", "--customers: a whole number from 1 is expected, not 0"),
        ("simulate --output a --customers many", "--customers: a whole number from 1 is expected, not many"),
        ("simulate --output a --planted -1", "--planted: a whole number from 0 is expected, not -1"),
        ("simulate --output a --start soon", "--start: a date like 2026-01-05 is expected, not soon"),
        ("simulate --output a --start 1999-01-01", "--start: holidays are known for"),
        ("simulate --output a --days 99999", "--days: 1 to 3,650"),
        ("simulate --output a --planted 50 --customers 10", "--planted: 3300 of 10"),
        ("simulate --output a --planted 1 --days 3", "--days: planted behaviour needs at least"),
        ("simulate --output a --format xlsx", "--format: invalid choice"),
        ("simulate --output a --rate 5", "--rate: goes with --to-topics"),
        ("simulate --to-topics --format csv", "--format: goes with --output"),
        ("detectors --language fr", "--language: invalid choice"),
        ("detectors --lang en", "--lang"),
        ("detectors --timezone Mars/Phobos", "--timezone: not an IANA time zone: Mars/Phobos"),
        ("detectors --timezone ../../etc/passwd", "--timezone: not an IANA time zone: ../../etc/passwd"),
        ("detectors --policy nowhere", "policy nowhere: no such packaged policy (cn-pboc, eu-amlr, us-bsa)"),
        ("dead-letters list --reason bad", "--reason: one of null_key, "),
        ("worker", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("topics create", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("topics check", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("dead-letters list", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("dead-letters replay", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
        ("simulate --to-topics", "KAFKA_BOOTSTRAP_SERVERS: is not set"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_that_names_it(
    arguments: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = _complaint(capsys, *arguments.split())
    assert named in line


@pytest.mark.parametrize(
    "arguments",
    [
        "topics create",
        "topics check",
        "dead-letters list",
        "dead-letters replay",
        "policy history",
        "policy publish cn-pboc --author A --approver B",
        "simulate",
    ],
)
def test_a_broker_that_does_not_answer_is_said_in_one_line(
    arguments: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    options = ["--to-topics", "--customers", "5", "--days", "1"] if arguments == "simulate" else []
    assert _complaint(capsys, *arguments.split(), *options) == [
        "ledgerwatch: no broker answered at 127.0.0.1:1"
    ]


def test_every_problem_of_the_environment_has_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGERWATCH_PARTITIONS", "none")
    monkeypatch.setenv("LEDGERWATCH_BANK_TIMEZONE", "Mars/Phobos")
    lines = _complaint(capsys, "topics", "check")
    for named in ("KAFKA_BOOTSTRAP_SERVERS", "LEDGERWATCH_PARTITIONS", "LEDGERWATCH_BANK_TIMEZONE"):
        assert len([line for line in lines if f": {named}: " in line]) == 1
    assert len(lines) == 3


def test_every_problem_of_a_policy_file_has_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = _POLICY.read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(
        text.replace("near_share: 0.8", "near_share: 8").replace("  fan-in:", "  fan-inn:"), encoding="utf-8"
    )
    lines = text.splitlines()
    near_share, fan_in = (1 + lines.index(line) for line in ("near_share: 0.8", "  fan-in:"))
    assert _complaint(capsys, "detectors", "--policy", "mine.yaml") == [
        f"ledgerwatch: policy mine.yaml: line {near_share}, near_share: Input should be less than 1",
        f"ledgerwatch: policy mine.yaml: line {fan_in}, detectors.fan-inn: no such detector: is fan-in meant?",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id: [\n", "not YAML: line 2, column 1: "),
        (b"\xff", "no readable file"),
        (b"", "document: "),
    ],
)
def test_a_file_that_is_no_policy_is_one_line(
    content: bytes, told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_bytes(content)
    [line] = _complaint(capsys, "detectors", "--policy", "mine.yaml")
    assert "policy mine.yaml: " in line
    assert told in line


def test_a_reader_that_leaves_early_is_no_error_with_frames() -> None:
    code = "import sys; from agents.cli import run; sys.exit(run(['detectors']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == UNREAD
