"""Postings and customers in files: JSONL, CSV and Parquet, by the name's ending, with the field names of the topics.

Files are kinder than the wire, in these ways only: a time without offset is read in the bank's time zone; an absent
currency is the bank's; amounts in Parquet's floats are rounded to their currency's decimals; and the columns of published tables are understood: `timestamp` for `booked_at`, `D`/`C` for
`debit`/`credit`, a `cash` flag, channel names in capitals, ISO 3166 alpha-3 countries.
"""

import csv
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import iso3166
import orjson
import pyarrow.parquet

from schemas.currency import MINOR_UNIT_DIGITS

ENDINGS: Final = (".jsonl", ".ndjson", ".csv", ".parquet")
_LABELS: Final = ("label", "label_detail")
_CHANNELS: Final = frozenset({"cash", "transfer", "card", "cheque", "other"})
_WIRE_DIRECTIONS: Final = ("credit", "debit")
_NOT_OF_THE_WIRE: Final = frozenset({"cash", *_LABELS})
_DIRECTIONS: Final = {"D": "debit", "C": "credit", "DEBIT": "debit", "CREDIT": "credit"}

_LISTS: Final = frozenset({"list_tags", "beneficial_owners"})
"""In CSV, where a cell is one text: their items with `|` between."""
_AMOUNTS: Final = frozenset(
    {
        "amount",
        "declared_monthly_income",
        "declared_monthly_turnover",
        "registered_capital",
        "expected_monthly_volume",
    }
)
"""Float columns hold decimals of up to 15 digits, and noise behind them (0.1 + 0.2 is 0.30000000000000004)."""

Row = dict[str, Any]
Line = tuple[bytes, bytes]
"""Key and value as they would stand in the topic."""


class FileError(ValueError):
    """A file cannot be read; the text names it and says why."""


def read_records(path: Path, timezone: str, currency: str) -> Iterator[Line]:
    """The file's rows in their order, as (customer_id, JSON) in UTF-8. Rows that are no rows are passed on as they are.

    Raises:
        FileError: no such file, not readable as what its name says, or an ending that is not known.
    """
    if path.suffix not in ENDINGS:
        raise FileError(f"{path}: the name has to end in one of {', '.join(ENDINGS)}")
    if not path.is_file():
        raise FileError(f"{path}: no such file")
    zone = ZoneInfo(timezone)
    try:
        if path.suffix == ".parquet":
            yield from _parquet(path, zone, currency)
        elif path.suffix == ".csv":
            yield from _csv(path, zone, currency)
        else:
            yield from _jsonl(path, zone, currency)
    except (OSError, UnicodeDecodeError, csv.Error, pyarrow.ArrowException) as error:
        raise FileError(f"{path}: {error}") from error


def count_records(path: Path) -> int | None:
    """How many rows a Parquet file has; None where only reading it would tell."""
    if path.suffix != ".parquet" or not path.is_file():
        return None
    try:
        return int(pyarrow.parquet.ParquetFile(path).metadata.num_rows)
    except (OSError, pyarrow.ArrowException):
        return None


def _jsonl(path: Path, zone: ZoneInfo, currency: str) -> Iterator[Line]:
    with path.open("rb") as lines:
        for raw in lines:
            line = raw.rstrip(b"\r\n")
            if not line:
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                yield b"", line
                continue
            if not isinstance(row, dict):
                yield b"", line
            elif _needs_help(row):
                yield _as_line(_normal(row, zone, currency))
            else:
                yield _key(row), line


def _csv(path: Path, zone: ZoneInfo, currency: str) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            if None in row:  # more cells than columns: which value is whose cannot be told
                *cells, rest = row.values()
                yield b"", ",".join([*(cell or "" for cell in cells), *rest]).encode()
                continue
            given = {name: value for name, value in row.items() if value not in (None, "")}
            for name in _LISTS & given.keys():
                given[name] = given[name].split("|")
            if "is_pep" in given:
                given["is_pep"] = _is_yes(given["is_pep"])
            yield _as_line(_normal(given, zone, currency))


def _parquet(path: Path, zone: ZoneInfo, currency: str) -> Iterator[Line]:
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=4096):
        for row in batch.to_pylist():
            given = {name: value for name, value in row.items() if value is not None}
            amount, digits = given.get("amount"), MINOR_UNIT_DIGITS.get(given.get("currency") or currency)
            if isinstance(amount, float) and digits is not None and math.isfinite(amount):
                given["amount"] = round(amount, digits)
            yield _as_line(_normal(given, zone, currency))


def _needs_help(row: Row) -> bool:
    """Whether a JSON row departs from the wire form."""
    if "kind" in row and "amount" not in row:
        return False
    when = row.get("booked_at")
    if type(when) is not str or not row.get("currency"):
        return True
    return (
        row.get("direction") not in _WIRE_DIRECTIONS
        or (when[-1:] not in ("Z", "z") and when[-6:-5] not in ("+", "-"))
        or not _NOT_OF_THE_WIRE.isdisjoint(row)
        or _is_alpha3(row.get("counterparty_country"))
        or _is_alpha3(row.get("location_country"))
    )


def _is_alpha3(country: object) -> bool:
    return isinstance(country, str) and country in iso3166.countries_by_alpha3


def _is_yes(flag: object) -> bool:
    """A flag as files have it: a truth value, a number, or a word."""
    return str(flag).lower() in ("true", "1", "1.0", "yes")


def _normal(row: Row, zone: ZoneInfo, currency: str) -> Row:
    """The row in the wire's form."""
    for label in _LABELS:
        row.pop(label, None)
    if "timestamp" in row and "booked_at" not in row:
        row["booked_at"] = row.pop("timestamp")
    for name, value in row.items():
        row[name] = _plain(name, value, zone)
    return row if "kind" in row and "amount" not in row else _posting(row, zone, currency)


def _plain(name: str, value: object, zone: ZoneInfo) -> object:
    """What a column's own type has to be in JSON."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float) and name in _AMOUNTS and math.isfinite(value):
        return format(Decimal(f"{value:.15g}"), "f")
    return value


def _posting(row: Row, zone: ZoneInfo, currency: str) -> Row:
    when = row.get("booked_at")
    if isinstance(when, str):
        row["booked_at"] = _aware(when, zone)
    if not row.get("currency"):
        row["currency"] = currency
    direction = row.get("direction")
    if isinstance(direction, str):
        row["direction"] = _DIRECTIONS.get(direction, direction)
    _channel(row)
    for name in ("counterparty_country", "location_country"):
        given = row.get(name)
        country = iso3166.countries_by_alpha3.get(given) if isinstance(given, str) else None
        if country is not None:
            row[name] = country.alpha2
    return row


def _channel(row: Row) -> None:
    """Published tables have a `cash` flag, which decides, and channel names of their own."""
    if "cash" not in row:
        return
    channel = str(row.get("channel", "")).lower()
    row["channel"] = (
        "cash" if _is_yes(row.pop("cash")) else channel if channel in _CHANNELS - {"cash"} else "other"
    )


def _aware(when: str, zone: ZoneInfo) -> str:
    try:
        parsed = datetime.fromisoformat(when)
    except ValueError:
        return when  # the schema says what is wrong with it
    return when if parsed.tzinfo else parsed.replace(tzinfo=zone).isoformat()


def _as_line(row: Row) -> Line:
    return _key(row), orjson.dumps(row, default=str)


def _key(row: Row) -> bytes:
    """The record key; empty where there is no id, and then the schema names the field."""
    customer_id = row.get("customer_id")
    return customer_id.encode() if isinstance(customer_id, str) else b""


Progress = Callable[[int], None]
"""Called now and then with the rows done since the last call."""
