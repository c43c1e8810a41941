"""What is known of accounts at this bank by those who deal with them: how many strangers each has met, and what came of it.

A chain runs through several accounts: a posting with a stranger says more when that stranger, too, deals with many. Only
the accounts that stand out are told: those with six strangers or more on one side, or with days of a scheme on record.
"""

import base64
import math
import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

ROW: Final = struct.Struct("<IBBH")
LEAST_LEVEL: Final = 3
"""Of the binary logarithm of 1 and the strangers on one side, rounded: six strangers."""
MOST_WAYS: Final = 2.0**6
"""More strangers than so many are an enterprise's customers, and say no more."""
LEAST_RECORD: Final = 0.1
MOST: Final = 10_000
"""Accounts of one partition that are told of: those with the most strangers. About 110 KB."""
_HUNDREDTHS: Final = 100
_MOST_RECORD: Final = 0xFFFF / _HUNDREDTHS


class Standing(NamedTuple):
    """One account."""

    ways_in: float
    """1 and the strangers who paid it, to a factor of 1.4."""
    ways_out: float
    record: float
    """Expected days of a scheme, fading."""


def written(accounts: Iterable[tuple[int, int, int, float]]) -> str:
    """Key, strangers who paid it, strangers whom it paid, and record, of each account: those that stand out, as text."""
    rows = [
        (key, _level(met_in), _level(met_out), round(min(record, _MOST_RECORD) * _HUNDREDTHS))
        for key, met_in, met_out, record in accounts
        if max(_level(met_in), _level(met_out)) >= LEAST_LEVEL or record >= LEAST_RECORD
    ]
    rows.sort(key=lambda row: (-max(row[1], row[2]), -row[3], row[0]))
    return base64.b64encode(b"".join(ROW.pack(*row) for row in sorted(rows[:MOST]))).decode()


def read(text: str) -> Iterator[tuple[int, Standing]]:
    """The accounts' keys and what was written of each."""
    for key, level_in, level_out, record in ROW.iter_unpack(base64.b64decode(text)):
        yield key, Standing(2.0**level_in, 2.0**level_out, record / _HUNDREDTHS)


def log_ways(standing: Standing | None, *, inbound: bool) -> float:
    """How much likelier a link a posting is by its other end: of who pays, those who pay it; of who is paid, those it pays.

    0 for an account that does not stand out.
    """
    if standing is None:
        return 0.0
    ways = min(MOST_WAYS, standing.ways_in if inbound else standing.ways_out)
    return max(0.0, math.log(ways / 2.0**LEAST_LEVEL))


def _level(met: int) -> int:
    return round(math.log2(1 + met))
