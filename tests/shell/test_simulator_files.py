"""What the simulator writes."""

import csv
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from agents.simulator import SimulatedBank, SimulationPlan, simulate
from agents.simulator.files import COLUMNS, FileFormat, write_bank


@pytest.fixture(scope="module")
def bank() -> SimulatedBank:
    return simulate(SimulationPlan(customers=40, days=10, reversal_share=0.2))


def _read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".jsonl":
        return [orjson.loads(line) for line in path.read_bytes().splitlines()]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [{name: text for name, text in row.items() if text} for row in csv.DictReader(file)]
    rows = pq.read_table(path).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet"])
def test_every_format_holds_the_same_postings(
    bank: SimulatedBank, tmp_path: Path, file_format: FileFormat
) -> None:
    count = write_bank(bank, tmp_path / "bank", file_format)
    postings = _read(tmp_path / "bank" / f"transactions.{file_format}")
    assert postings == list(bank.postings())
    assert count == len(postings) > 0
    assert {name for posting in postings for name in posting} <= set(COLUMNS)
    assert not list(tmp_path.rglob("*.part"))


def test_customers_and_labels_lie_beside_them(bank: SimulatedBank, tmp_path: Path) -> None:
    write_bank(bank, tmp_path)
    assert _read(tmp_path / "customers.jsonl") == bank.customers
    assert _read(tmp_path / "labels.jsonl") == [label.as_dict() for label in bank.labels] != []


def test_progress_ends_with_the_number_written(bank: SimulatedBank, tmp_path: Path) -> None:
    told: list[int] = []
    count = write_bank(bank, tmp_path, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == count


def test_an_unknown_format_is_refused_before_anything_is_written(bank: SimulatedBank, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^format: one of jsonl, csv, parquet is expected, not xlsx$"):
        write_bank(bank, tmp_path / "new", "xlsx")  # type: ignore[arg-type]  # what the test is about
    assert not (tmp_path / "new").exists()
