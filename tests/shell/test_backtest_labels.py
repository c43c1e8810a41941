"""Labels in whichever form they come: what is labelled 1, what is not, and what is no label."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.backtest.labels import labels_of_transactions, read_labels
from agents.files import FileError
from agents.simulator import SimulationPlan, simulate
from agents.simulator.files import write_bank

_ROWS: list[dict[str, object]] = [
    {"transaction_id": "T1", "label": 1, "label_detail": "mule"},
    {"transaction_id": "T2", "label": 0, "label_detail": "salary"},
    {"transaction_id": "T3", "label": None, "label_detail": None},
]


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_every_format_gives_the_postings_labelled_1(ending: str, tmp_path: Path) -> None:
    path = _write(tmp_path / f"labels.{ending}", _ROWS)
    assert read_labels(path) == {"T1"}
    assert labels_of_transactions([path]) == frozenset({"T1"})


def test_lookalikes_and_noise_of_a_simulated_bank_are_not_labelled_1(tmp_path: Path) -> None:
    bank = simulate(SimulationPlan(customers=300, days=75, planted_per_typology=1))
    write_bank(bank, tmp_path)
    planted = {one for label in bank.labels if label.is_planted for one in label.transaction_ids}
    others = {one for label in bank.labels if not label.is_planted for one in label.transaction_ids}
    assert read_labels(tmp_path / "labels.jsonl") == planted
    assert planted
    assert others - planted
    assert labels_of_transactions([tmp_path / "transactions.jsonl"]) is None


def test_transactions_whose_labels_are_all_empty_have_none(tmp_path: Path) -> None:
    table = pa.table({"transaction_id": ["T1"], "label": pa.array([None], pa.int8())})
    pq.write_table(table, tmp_path / "t.parquet")
    assert labels_of_transactions([tmp_path / "t.parquet"]) is None


def test_labels_of_several_files_of_transactions_are_joined(tmp_path: Path) -> None:
    more = _write(tmp_path / "2.csv", [{"transaction_id": "T9", "label": "true"}])
    bare = _write(tmp_path / "3.csv", [{"transaction_id": "T10"}])
    assert labels_of_transactions([_write(tmp_path / "1.jsonl", _ROWS), more, bare]) == frozenset(
        {"T1", "T9"}
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"transaction_id": "T1", "label": "perhaps"}, "row 2: label: 1 or 0 is expected"),
        ({"transaction_id": "T1"}, "row 2: label: is missing"),
        ({"label": 1}, "row 2: transaction_id: is missing"),
        ({"transaction_id": "", "label": 1}, "row 2: transaction_id: an id is expected"),
        (
            {"typology": "fan-in", "transaction_ids": "T1"},
            "row 2: transaction_ids: a list of ids is expected",
        ),
        ([], "line 2: a JSON object is expected"),
    ],
)
def test_what_is_no_label_is_said_by_row_and_field(row: object, told: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(f"{json.dumps(_ROWS[0])}\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(FileError, match=f"labels.jsonl: {told}"):
        read_labels(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [("labels.xlsx", b""), ("labels.parquet", b"no"), ("labels.jsonl", b"{"), ("labels.csv", b"a,b\n\xff")],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    name: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=name):
        read_labels(tmp_path / name)
