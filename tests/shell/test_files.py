"""Files are read as the topics would have brought them, and kinder in the ways that are told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agents.files import ENDINGS, FileError, count_records, read_records
from tests.stories.bank import ZONE, Fields

_ROW: Fields = {
    "transaction_id": "T1",
    "customer_id": "C1",
    "account_id": "A1",
    "booked_at": "2026-03-02T09:30:00+08:00",
    "amount": "1234.50",
    "currency": "CNY",
    "direction": "credit",
}
Write = Callable[[Path, list[Fields]], Path]


def _jsonl(folder: Path, rows: list[Fields]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _csv(folder: Path, rows: list[Fields]) -> Path:
    path = folder / "rows.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _parquet(folder: Path, rows: list[Fields]) -> Path:
    path = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


_every_format = pytest.mark.parametrize("write", [_jsonl, _csv, _parquet])


def _read(path: Path, currency: str = "CNY", timezone: str = ZONE) -> list[tuple[bytes, Fields]]:
    return [(key, json.loads(value)) for key, value in read_records(path, timezone, currency)]


def _one(path: Path, currency: str = "CNY", timezone: str = ZONE) -> Fields:
    ((_, row),) = _read(path, currency, timezone)
    return row


def _instant(row: Fields) -> datetime:
    return datetime.fromisoformat(str(row["booked_at"])).astimezone(UTC)


@_every_format
def test_a_row_is_read_as_it_was_written(write: Write, tmp_path: Path) -> None:
    assert _read(write(tmp_path, [_ROW, _ROW | {"customer_id": "C2"}])) == [
        (b"C1", _ROW),
        (b"C2", _ROW | {"customer_id": "C2"}),
    ]


@_every_format
@pytest.mark.parametrize(("timezone", "hour"), [("Asia/Shanghai", 1), ("Europe/Prague", 8), ("UTC", 9)])
def test_a_naive_time_is_read_in_the_banks_zone(
    write: Write, tmp_path: Path, timezone: str, hour: int
) -> None:
    row = _one(write(tmp_path, [_ROW | {"booked_at": "2026-03-02T09:30:00"}]), timezone=timezone)
    assert _instant(row) == datetime(2026, 3, 2, hour, 30, tzinfo=UTC)


@_every_format
def test_a_time_with_an_offset_keeps_it(write: Write, tmp_path: Path) -> None:
    row = _one(write(tmp_path, [_ROW | {"booked_at": "2026-03-02T09:30:00Z"}]), timezone="Europe/Prague")
    assert _instant(row) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@_every_format
def test_an_absent_currency_is_the_banks(write: Write, tmp_path: Path) -> None:
    row = {name: value for name, value in _ROW.items() if name != "currency"}
    assert _one(write(tmp_path, [row]), currency="CZK")["currency"] == "CZK"


@_every_format
@pytest.mark.parametrize(
    ("cash", "channel", "expected"),
    [
        (True, "TRANSFER", "cash"),
        (False, "TRANSFER", "transfer"),
        (False, "SWIFT", "other"),
        (False, "CASH", "other"),
    ],
)
def test_the_columns_of_published_tables_are_understood(
    write: Write, tmp_path: Path, *, cash: bool, channel: str, expected: str
) -> None:
    published: Fields = {
        "transaction_id": "T1",
        "customer_id": "C1",
        "account_id": "A1",
        "timestamp": "2026-03-02 09:30:00",
        "amount": "1234.50",
        "direction": "D",
        "cash": cash,
        "channel": channel,
        "counterparty_country": "DEU",
        "label": "fraud",
        "label_detail": "mule",
    }
    row = _one(write(tmp_path, [published]))
    assert _instant(row) == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert row | {"booked_at": ""} == {
        **{
            name: _ROW[name] for name in ("transaction_id", "customer_id", "account_id", "amount", "currency")
        },
        "booked_at": "",
        "direction": "debit",
        "channel": expected,
        "counterparty_country": "DE",
    }


@_every_format
@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ({"cash": True}, {"channel": "cash"}),
        ({"cash": False, "channel": "transfer"}, {"channel": "transfer"}),
        ({"direction": "C"}, {"direction": "credit"}),
        ({"direction": "DEBIT"}, {"direction": "debit"}),
        ({"counterparty_country": "DEU"}, {"counterparty_country": "DE"}),
        ({"location_country": "CHN"}, {"location_country": "CN"}),
        ({"label": "fraud", "label_detail": "mule"}, {}),
    ],
)
def test_one_column_of_a_published_table_is_enough_to_be_understood(
    write: Write, tmp_path: Path, given: Fields, normal: Fields
) -> None:
    """However much the rest of the row is as on the wire."""
    assert _one(write(tmp_path, [_ROW | given])) == _ROW | normal


@pytest.mark.parametrize("flag", [True, 1, 1.0, "true", "Yes", "1"])
def test_a_cash_flag_of_any_type_is_understood(flag: object, tmp_path: Path) -> None:
    assert _one(_jsonl(tmp_path, [_ROW | {"cash": flag}]))["channel"] == "cash"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.3"), (1e12, "1000000000000"), (1234.5, "1234.5"), (Decimal("99.90"), "99.90"), (7, 7)],
)
def test_a_parquet_amount_of_any_type_is_the_number_that_was_meant(
    value: float | Decimal, text: object, tmp_path: Path
) -> None:
    assert _one(_parquet(tmp_path, [_ROW | {"amount": value}]))["amount"] == text


@pytest.mark.parametrize(
    "when",
    [datetime(2026, 3, 2, 9, 30), datetime(2026, 3, 2, 1, 30, tzinfo=UTC)],  # noqa: DTZ001 - a column without a zone
)
def test_a_parquet_time_of_any_type_is_an_instant(when: datetime, tmp_path: Path) -> None:
    row = _one(_parquet(tmp_path, [_ROW | {"booked_at": when}]))
    assert _instant(row) == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_a_customers_flags_and_lists_are_read_from_csv(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(
        "customer_id,kind,is_pep,list_tags,name,beneficial_owners\n"
        "C1,person,True,a|b,,\nC2,company,0,,Shop,C1|C3\n",
        encoding="utf-8-sig",
    )
    assert [row for _, row in _read(path)] == [
        {"customer_id": "C1", "kind": "person", "is_pep": True, "list_tags": ["a", "b"]},
        {
            "customer_id": "C2",
            "kind": "company",
            "is_pep": False,
            "name": "Shop",
            "beneficial_owners": ["C1", "C3"],
        },
    ]


def test_jsonl_lines_that_are_no_rows_are_passed_on_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"transaction_id": \n\n[1]\r\n\xff\n')
    assert list(read_records(path, ZONE, "CNY")) == [
        (b"", b'{"transaction_id": '),
        (b"", b"[1]"),
        (b"", b"\xff"),
    ]


@pytest.mark.parametrize(
    "name", ["booked_at", "amount", "direction", "channel", "cash", "counterparty_country"]
)
@pytest.mark.parametrize("value", [None, 5, True, [1], {"a": 1}])
@pytest.mark.parametrize("currency", ["CNY", ""])
def test_a_jsonl_row_with_anything_in_its_fields_stops_nothing(
    name: str, value: object, currency: str, tmp_path: Path
) -> None:
    """Neither where the row is as on the wire but for it, nor where it is one that needs help."""
    path = _jsonl(tmp_path, [_ROW | {"currency": currency, name: value}])
    assert [key for key, _ in read_records(path, ZONE, "CNY")] == [b"C1"]


def test_a_csv_row_longer_than_its_header_is_passed_on_as_no_row(tmp_path: Path) -> None:
    """A comma too many has moved the values, and nobody can tell which."""
    path = tmp_path / "rows.csv"
    names, values = ",".join(_ROW), ",".join(str(value) for value in _ROW.values())
    path.write_text(f"{names}\n{values},more,cells\n{values}\n", encoding="utf-8")
    assert list(read_records(path, ZONE, "CNY")) == [
        (b"", f"{values},more,cells".encode()),
        (b"C1", json.dumps(_ROW, separators=(",", ":")).encode()),
    ]


@pytest.mark.parametrize("name", ["rows.xlsx", "rows", "rows.json", "rows.csv.gz"])
def test_an_ending_that_is_not_known_is_an_error_that_names_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(FileError, match=f"{name}: the name has to end in one of") as caught:
        list(read_records(path, ZONE, "CNY"))
    assert all(ending in str(caught.value) for ending in ENDINGS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_missing_file_is_an_error_that_names_it(ending: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=f"nowhere{ending}: no such file"):
        list(read_records(tmp_path / f"nowhere{ending}", ZONE, "CNY"))


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.parquet", b"not parquet"), ("rows.csv", b"a,b\n\xff\xfe,\x00\n"), ("rows.parquet", b"")],
)
def test_a_file_that_is_not_what_its_name_says_is_an_error_that_names_it(
    name: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=name):
        list(read_records(path, ZONE, "CNY"))


def test_rows_are_counted_where_the_file_tells(tmp_path: Path) -> None:
    assert count_records(_parquet(tmp_path, [_ROW] * 3)) == 3
    assert count_records(_csv(tmp_path, [_ROW])) is None
    assert count_records(tmp_path / "nowhere.parquet") is None
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"")
    assert count_records(broken) is None
