"""Which postings are known to be what is looked for: from a file of labels, or from the transactions themselves.

Three forms are understood, in JSONL, CSV and Parquet: `transaction_id` and `label` (1 or 0, and a `label_detail` that is not
read); the labels that `ledgerwatch simulate` writes (`typology`, `transaction_ids`; look-alikes and noise are 0); and
transactions with a column `label`. What no row names counts as 0.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from agents.files import ENDINGS, FileError
from agents.simulator.labels import is_planted

_YES: Final = frozenset({"1", "1.0", "true", "yes"})
_NO: Final = frozenset({"0", "0.0", "false", "no", "none", ""})
"""An empty label: nobody knows. It finds nothing, as a 0."""
_COLUMNS: Final = ("transaction_id", "label", "typology", "transaction_ids")

Row = Mapping[str, object]


def read_labels(path: Path) -> frozenset[str]:
    """The ids of the postings labelled 1.

    Raises:
        FileError: it cannot be read, or a row is no label; the text names the row (from 1) and the field.
    """
    positives: set[str] = set()
    for number, row in enumerate(_rows(path), 1):
        try:
            positives.update(_positives(row))
        except ValueError as error:
            raise FileError(f"{path}: row {number}: {error}") from error
    return frozenset(positives)


def labels_of_transactions(paths: Iterable[Path]) -> frozenset[str] | None:
    """The ids of the postings labelled 1 in the transactions' own column; None if no file has one with a label in it.

    Raises:
        FileError: as `read_labels`.
    """
    found: frozenset[str] | None = None
    for path in paths:
        if _has_label(path):
            found = (found or frozenset()) | read_labels(path)
    return found


def _positives(row: Row) -> Iterable[str]:
    if "typology" in row and "transaction_ids" in row:
        ids = row["transaction_ids"]
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise ValueError("transaction_ids: a list of ids is expected")
        return ids if is_planted(str(row["typology"])) else ()
    for name in ("transaction_id", "label"):
        if name not in row:
            raise ValueError(f"{name}: is missing")
    if not isinstance(row["transaction_id"], str) or not row["transaction_id"]:
        raise ValueError("transaction_id: an id is expected")
    label = str(row["label"]).strip().lower()
    if label not in _YES and label not in _NO:
        raise ValueError("label: 1 or 0 is expected")
    return (row["transaction_id"],) if label in _YES else ()


def _has_label(path: Path) -> bool:
    try:
        if path.suffix == ".parquet":
            if "label" not in pq.read_schema(path).names:
                return False
            return bool(pq.read_table(path, columns=["label"]).column("label").drop_null())
        return any("label" in row for row in islice(_rows(path), 1))
    except (OSError, pa.ArrowException) as error:
        raise FileError(f"{path}: {error}") from error
    except FileError:
        return False  # a row that is no row is the replay's to set aside


def _rows(path: Path) -> Iterator[Row]:
    if path.suffix not in ENDINGS:
        raise FileError(f"{path}: the name has to end in one of {', '.join(ENDINGS)}")
    try:
        if path.suffix == ".parquet":
            yield from _parquet(path)
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield from csv.DictReader(text)
        else:
            with path.open("rb") as lines:
                yield from _jsonl(path, lines)
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        raise FileError(f"{path}: {error}") from error


def _parquet(path: Path) -> Iterator[Row]:
    file = pq.ParquetFile(path)
    columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
    for batch in file.iter_batches(batch_size=16_384, columns=columns):
        yield from batch.to_pylist()


def _jsonl(path: Path, lines: Iterable[bytes]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise FileError(f"{path}: line {number}: not JSON") from error
        if not isinstance(row, dict):
            raise FileError(f"{path}: line {number}: a JSON object is expected")
        yield row
