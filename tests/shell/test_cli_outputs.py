"""Files that commands write are whole or not there, and what was there before stays until they are."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.cli import INTERRUPTED, run
from agents.outputs import OutputError, whole_files
from monitor.batch import Outcome, Record
from monitor.engine import Engine

_OUTPUTS = ("alerts.jsonl", "scores.parquet", "grades.jsonl", "letters.jsonl")


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Transactions of a small bank; the working directory is beside it."""
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", "--output", "bank", "--customers", "60", "--days", "40", "--planted", "0"]) == 0
    capsys.readouterr()
    return tmp_path / "bank" / "transactions.jsonl"


def _replay(transactions: str = "bank/transactions.jsonl", *more: str) -> int:
    alerts, scores, grades, letters = _OUTPUTS
    outputs = ("--alerts", alerts, "--scores", scores, "--risk-grades", grades, "--dead-letters", letters)
    return run(["replay", "--transactions", transactions, *outputs, *more])


def _leavings(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"bank"}


def test_a_replay_that_ends_leaves_its_outputs(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = bank.parents[1]
    assert _replay(str(bank), "--customers", "bank/customers.jsonl") == 0
    assert _leavings(folder) == set(_OUTPUTS)
    out, err = capsys.readouterr()
    assert err == ""
    assert "postings judged" in out
    assert "grade changes to" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_file_without_rows_is_replayed_to_files_without_rows(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"none.{ending}").touch()
    assert _replay(f"none.{ending}") == 0
    assert (tmp_path / "alerts.jsonl").read_bytes() == b""
    assert "postings judged   0 " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), INTERRUPTED), (OSError(28, "No space left on device"), 2)]
)
def test_a_replay_that_breaks_off_leaves_nothing_and_takes_nothing(
    error: BaseException,
    code: int,
    bank: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = bank.parents[1]
    (folder / "alerts.jsonl").write_bytes(b"of yesterday\n")
    batches = 0
    judge = Engine.process

    def break_off(self: Engine, records: Sequence[Record], states: dict[bytes, bytes]) -> Outcome:
        nonlocal batches
        batches += 1
        if batches == 2:
            raise error
        return judge(self, records, states)

    monkeypatch.setattr(Engine, "process", break_off)
    assert _replay() == code
    assert batches == 2
    assert _leavings(folder) == {"alerts.jsonl"}
    assert (folder / "alerts.jsonl").read_bytes() == b"of yesterday\n"
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"ledgerwatch: {'interrupted' if code == INTERRUPTED else 'No space left on device'}\n"


def test_what_cannot_be_written_or_read_is_said_by_option_before_anything_is_judged(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(bank)
    replay = ("replay", "--transactions", source)
    for arguments, told in (
        ((*replay, "--alerts", "nowhere/a.jsonl"), "--alerts: nowhere/a.jsonl: No such file or directory"),
        ((*replay, "--alerts", "bank"), "--alerts: bank: is a directory"),
        ((*replay, "--alerts", "a", "--risk-grades", "a"), "--risk-grades: a is also the file of --alerts"),
        (
            (*replay, "--alerts", "a", "--risk-grades", source),
            f"--transactions: {source}: would be overwritten",
        ),
        ((*replay, "--alerts", source), f"--transactions: {source}: would be overwritten"),
        ((*replay, "--alerts", "a", "--scores", "./a"), "--scores: a is also the file of --alerts"),
        (("replay", "--transactions", "no.csv", "--alerts", "a"), "--transactions: no.csv: no such file"),
        (("replay", "--transactions", "bank", "--alerts", "a"), "--transactions: bank: is a directory"),
        ((*replay, "--customers", "no.csv", "--alerts", "a"), "--customers: no.csv: no such file"),
        (("simulate", "--output", source), f"{source}: File exists"),
    ):
        assert run(arguments) == 2
        assert capsys.readouterr() == ("", f"ledgerwatch: {told}\n")
    assert _leavings(bank.parents[1]) == set()


def test_a_simulation_into_a_folder_replaces_what_it_names_and_nothing_else(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bank.read_bytes()
    (bank.parent / "notes.txt").write_text("mine", encoding="utf-8")
    options = ("--customers", "30", "--days", "5", "--seed", "8")
    assert run(["simulate", "--output", str(bank.parent), *options]) == 0
    assert bank.read_bytes() != before
    assert {path.name for path in bank.parent.iterdir()} == {
        "customers.jsonl",
        "labels.jsonl",
        "notes.txt",
        "transactions.jsonl",
    }
    assert "of 30 customers" in capsys.readouterr().out


def test_files_take_their_names_together(tmp_path: Path) -> None:
    outputs = {"--a": tmp_path / "a", "--b": tmp_path / "b"}
    with whole_files(outputs) as parts:
        for part in parts.values():
            part.write_text("x", encoding="utf-8")
        assert not any(path.exists() for path in outputs.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to("real")
    with whole_files({"--a": link}) as parts:
        parts["--a"].write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "new"


def test_a_device_is_written_to_as_it_is() -> None:
    with whole_files({"--a": Path("/dev/stdout"), "--b": Path("/dev/null")}) as parts:
        assert parts == {"--a": Path("/dev/stdout"), "--b": Path("/dev/null")}
    assert Path("/dev/null").exists()


def test_if_one_cannot_be_made_none_is(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"^--b: .*: No such file or directory$"),
        whole_files({"--a": tmp_path / "a", "--b": tmp_path / "nowhere" / "b"}),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
