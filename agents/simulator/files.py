"""Writes a simulated bank to a directory: transactions, customers, labels."""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

import orjson

from agents.outputs import whole_files
from agents.simulator.bank import SimulatedBank

FileFormat = Literal["jsonl", "csv", "parquet"]
Progress = Callable[[int], None]
"""Told how many postings are written so far."""

COLUMNS: Final = (
    "transaction_id",
    "customer_id",
    "account_id",
    "booked_at",
    "amount",
    "currency",
    "direction",
    "channel",
    "counterparty_account",
    "counterparty_name",
    "counterparty_bank",
    "counterparty_country",
    "counterparty_customer_id",
    "initiated_from",
    "location_country",
    "purpose",
    "reverses",
)
"""Of transactions in CSV and Parquet, the wire's field names; all text, empty or null where absent."""
_Row = TypeVar("_Row")
_CHUNK: Final = 20_000


def _silent(_: int) -> None:
    """Nobody wants to know."""


def write_bank(
    bank: SimulatedBank, directory: Path, file_format: FileFormat = "jsonl", progress: Progress = _silent
) -> int:
    """Write transactions.<format>, customers.jsonl and labels.jsonl.

    Args:
        bank: what to write.
        directory: made if it is not there; files of these names in it are replaced, once all are written.
        file_format: of the transactions.
        progress: called with the number of postings written, every 20,000 and at the end.

    Returns:
        The number of postings.

    Raises:
        ValueError: for an unknown format.
        OSError: if the directory cannot be made.
        OutputError: if a file in it cannot.
    """
    if file_format not in get_args(FileFormat):
        raise ValueError(f"format: one of {', '.join(get_args(FileFormat))} is expected, not {file_format}")
    directory.mkdir(parents=True, exist_ok=True)
    names = ("customers.jsonl", "labels.jsonl", f"transactions.{file_format}")
    writers = {"jsonl": _write_jsonl, "csv": _write_csv, "parquet": _write_parquet}
    with whole_files({name: directory / name for name in names}) as parts:
        customers, labels, transactions = (parts[name] for name in names)
        _write_lines(customers, bank.customers)
        _write_lines(labels, (label.as_dict() for label in bank.labels))
        count = writers[file_format](bank, transactions, progress)
    progress(count)
    return count


def _write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows)


def _chunks(rows: Iterator[_Row], progress: Progress) -> Iterator[list[_Row]]:
    count = 0
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
        count += len(chunk)
        progress(count)


def _write_jsonl(bank: SimulatedBank, path: Path, progress: Progress) -> int:
    count = 0
    with path.open("wb") as file:
        for chunk in _chunks((value for _, value, _ in bank.records()), progress):
            file.write(b"\n".join(chunk) + b"\n")
            count += len(chunk)
    return count


def _write_csv(bank: SimulatedBank, path: Path, progress: Progress) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for chunk in _chunks(bank.postings(), progress):
            writer.writerows(chunk)
            count += len(chunk)
    return count


def _write_parquet(bank: SimulatedBank, path: Path, progress: Progress) -> int:
    import pyarrow as pa  # large, and only this format needs it
    import pyarrow.parquet as pq

    count = 0
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for chunk in _chunks(bank.postings(), progress):
            writer.write_table(pa.Table.from_pylist(chunk, schema))
            count += len(chunk)
    return count
