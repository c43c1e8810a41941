"""Replay: the core over files gives what the core over records gives, whatever the files' format."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.files import FileError
from agents.replay import ReplayResult, replay
from monitor.batch import Outcome
from monitor.calendar import date_of
from monitor.catalogue import DETECTOR_IDS
from monitor.story import ORDINARY, Act, paid_in, paid_out
from schemas import Alert, DeadLetter, RiskGradeChange
from tests.stories.bank import POLICY, Bank, Fields, posting_of

_DAY: tuple[Act, ...] = (
    *paid_in(120_000, 0, who="stranger", hour=9),
    *paid_out(115_000, 0, who="other", hour=19),
    *paid_in(45_000, 1, 2, 3, channel="cash"),
)


@pytest.fixture(scope="module")
def postings() -> list[Fields]:
    acts = sorted((*ORDINARY, *_DAY), key=lambda act: (act.day, act.hour))
    return [posting_of(act, f"T{n}") for n, act in enumerate(acts)]


def _write(path: Path, rows: list[Fields]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows]), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _replay(
    *paths: Path, customers: Path | None = None, scores: Path | None = None
) -> tuple[bytes, ReplayResult]:
    alerts = io.BytesIO()
    result = replay(POLICY, paths, outputs={"alerts": alerts}, customers=customers, scores=scores)
    return alerts.getvalue(), result


@pytest.mark.parametrize("ending", ["jsonl", "ndjson", "csv", "parquet"])
def test_every_format_gives_the_alerts_of_the_records(
    ending: str, postings: list[Fields], tmp_path: Path
) -> None:
    expected = b"".join(alert.to_json() + b"\n" for alert in Bank().post(*postings).alerts)
    assert len(expected.splitlines()) >= 3
    found, result = _replay(_write(tmp_path / f"postings.{ending}", postings))
    assert found == expected
    assert result.tally.applied == len(postings)


def test_naive_local_times_give_the_same_alerts(postings: list[Fields], tmp_path: Path) -> None:
    aware, _ = _replay(_write(tmp_path / "aware.jsonl", postings))
    naive = [fields | {"booked_at": str(fields["booked_at"]).removesuffix("+08:00")} for fields in postings]
    assert _replay(_write(tmp_path / "naive.csv", naive))[0] == aware != b""


def test_several_files_are_one_after_the_other(postings: list[Fields], tmp_path: Path) -> None:
    whole, _ = _replay(_write(tmp_path / "whole.jsonl", postings))
    first, second = _write(tmp_path / "1.csv", postings[:100]), _write(tmp_path / "2.parquet", postings[100:])
    assert _replay(first, second)[0] == whole


def test_the_result_counts_what_was_written(postings: list[Fields], tmp_path: Path) -> None:
    lines, result = _replay(_write(tmp_path / "postings.jsonl", postings))
    alerts = [Alert.model_validate_json(line) for line in lines.splitlines()]
    assert result.revisions == len(alerts)
    assert result.alerts == len({alert.alert_id for alert in alerts})
    assert sum(result.bands.values()) == len(alerts)
    assert list(result.states) == [b"C1"]


def test_scores_have_one_row_for_each_judged_posting(postings: list[Fields], tmp_path: Path) -> None:
    repeated: list[Fields] = [*postings, postings[-1], {"customer_id": "C1"}]
    path = tmp_path / "scores.parquet"
    _replay(_write(tmp_path / "postings.jsonl", repeated), scores=path)
    rows = pq.read_table(path).to_pylist()
    assert [row["transaction_id"] for row in rows] == [fields["transaction_id"] for fields in postings]
    assert {row["customer_id"] for row in rows} == {"C1"}
    assert all(0 <= row["score"] <= 100 for row in rows)
    assert {row["detector"] for row in rows if row["detector"] is not None} <= DETECTOR_IDS
    assert all(row["score"] == 0 for row in rows if row["detector"] is None)
    assert max(rows, key=lambda row: row["score"])["transaction_id"] in {
        f"T{n}" for n in range(len(ORDINARY), 999)
    }


def test_scores_say_what_fired_at_each_posting_and_on_which_day(
    postings: list[Fields], tmp_path: Path
) -> None:
    seen: list[Outcome] = []
    path = _write(tmp_path / "postings.jsonl", postings)
    result = replay(POLICY, [path], outputs={}, watch=seen.append)
    scores = [scored for outcome in seen for scored in outcome.scores or ()]
    assert len(scores) == len(postings)
    assert Counter(found for scored in scores for found in scored.findings) == result.tally.findings
    for alert in (alert for outcome in seen for alert in outcome.alerts):
        of_the_day = [scored for scored in scores if date_of(scored.day) == alert.business_date]
        assert {finding.detector for finding in alert.findings} <= {
            found for scored in of_the_day for found in scored.findings
        }


def test_scores_of_nothing_are_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    _replay(_write(tmp_path / "empty.jsonl", []), scores=path)
    assert pq.read_table(path).num_rows == 0


def test_customers_are_known_before_the_first_posting(postings: list[Fields], tmp_path: Path) -> None:
    customers = _write(
        tmp_path / "customers.csv", [{"customer_id": "C1", "kind": "company", "risk_grade": "high"}]
    )
    lines, result = _replay(_write(tmp_path / "postings.jsonl", postings), customers=customers)
    assert (result.tally.customers, result.tally.without_record) == (1, 0)
    assert {Alert.model_validate_json(line).risk_grade for line in lines.splitlines()} == {"high"}


def test_changes_of_risk_grades_are_written_and_counted(postings: list[Fields], tmp_path: Path) -> None:
    customers = _write(tmp_path / "customers.csv", [{"customer_id": "C1", "kind": "person", "is_pep": True}])
    path, grades = _write(tmp_path / "postings.jsonl", postings), io.BytesIO()
    result = replay(POLICY, [path], outputs={"risk-grades": grades}, customers=customers)
    changes = [RiskGradeChange.model_validate_json(line) for line in grades.getvalue().splitlines()]
    assert [change.grade for change in changes] == ["high"]
    assert result.tally.grade_changes == {"high": 1}


def test_bad_rows_are_set_aside_with_the_file_read_on(postings: list[Fields], tmp_path: Path) -> None:
    path = tmp_path / "postings.jsonl"
    rows = [json.dumps(postings[0]), "{", json.dumps(postings[1] | {"amount": -1}), json.dumps(postings[2])]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    letters = io.BytesIO()
    result = replay(POLICY, [path], outputs={"alerts": io.BytesIO(), "dead-letters": letters})
    assert result.tally.applied == 2
    assert result.dead_letters == {"malformed_json": 1, "amount_out_of_range": 1}
    written = [DeadLetter.model_validate_json(line) for line in letters.getvalue().splitlines()]
    assert [letter.source_offset for letter in written] == [1, 2]


def test_progress_is_told_for_every_row(postings: list[Fields], tmp_path: Path) -> None:
    told: list[int] = []
    replay(
        POLICY,
        [_write(tmp_path / "p.jsonl", postings)],
        outputs={"alerts": io.BytesIO()},
        progress=told.append,
    )
    assert sum(told) == len(postings)


@pytest.mark.parametrize("name", ["nowhere.csv", "postings.xlsx"])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=name):
        _replay(tmp_path / name)
    with pytest.raises(FileError, match=name):
        _replay(customers=tmp_path / name)
