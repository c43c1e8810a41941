"""Who the customer deals with: a bounded list with first and last days and counts.

Key: the CRC-32 of the counterparty's account, so that no account number is stored. In a full list two counterparties
are taken for one in about one customer of a million. Exact distinct counts up to `CAP`; above it the longest unseen are
forgotten, and counts are lower bounds (`forgotten` > 0). 12 bytes for each, in one string of bytes: most postings are
with somebody known, and find, move and count one row without unpacking the others.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple
from zlib import crc32

import msgspec

CAP: Final = 96
NEVER: Final = 0
"""A day that no posting has (1970-01-01): not seen in that direction."""
_ROW: Final = struct.Struct("<IHHHBB")
"""Key, first day, last day in, last day out, count in, count out; the counts stop at 255."""
_WIDTH: Final = _ROW.size
_MOST: Final = 255


class Seen(NamedTuple):
    """One counterparty; days are day numbers, `NEVER` where there was no posting in that direction."""

    key: int
    first_day: int
    last_in_day: int
    last_out_day: int
    in_count: int
    out_count: int


class Counterparties(msgspec.Struct, array_like=True, gc=False):
    """Counterparties, the longest unseen first."""

    rows: bytes = b""
    forgotten: int = 0

    def __len__(self) -> int:
        return len(self.rows) // _WIDTH

    def __contains__(self, key: int | None) -> bool:
        """Whether the counterparty is remembered."""
        return key is not None and self._find(key) >= 0

    def __iter__(self) -> Iterator[Seen]:
        """All that are remembered."""
        return map(Seen._make, _ROW.iter_unpack(self.rows))

    def figures(self) -> Iterator[tuple[int, int, int, int, int, int]]:
        """The same without the names of the columns, which take as long as the rest."""
        return _ROW.iter_unpack(self.rows)

    def first_day(self, key: int) -> int | None:
        """The day of the first posting with this counterparty; None if it is not remembered."""
        at = self._find(key)
        return None if at < 0 else int(_ROW.unpack_from(self.rows, at)[1])

    def seen(self, key: int) -> Seen | None:
        """What is remembered of this counterparty; None: nothing."""
        at = self._find(key)
        return None if at < 0 else Seen._make(_ROW.unpack_from(self.rows, at))

    def learn(self, key: int, day: int, *, inbound: bool) -> None:
        """Count a posting with this counterparty and make it the most recently seen."""
        rows, at = self.rows, self._find(key)
        if at < 0:
            first, last_in, last_out, in_count, out_count = day, NEVER, NEVER, 0, 0
            if len(rows) >= CAP * _WIDTH:
                rows = rows[_WIDTH:]
                self.forgotten += 1
        else:
            _, first, last_in, last_out, in_count, out_count = _ROW.unpack_from(rows, at)
            rows = rows[:at] + rows[at + _WIDTH :]
        if inbound:
            last_in, in_count = max(last_in, day), min(in_count + 1, _MOST)
        else:
            last_out, out_count = max(last_out, day), min(out_count + 1, _MOST)
        self.rows = rows + _ROW.pack(key, min(first, day), last_in, last_out, in_count, out_count)

    def unlearn(self, key: int, *, inbound: bool) -> None:
        """Take a posting back. Days stay as they were, unless nothing is left of the counterparty."""
        rows, at = self.rows, self._find(key)
        if at < 0:
            return
        *days, in_count, out_count = _ROW.unpack_from(rows, at)
        if inbound:
            in_count = max(0, in_count - 1)
        else:
            out_count = max(0, out_count - 1)
        row = _ROW.pack(*days, in_count, out_count) if in_count or out_count else b""
        self.rows = rows[:at] + row + rows[at + _WIDTH :]

    def first_seen_since(self, first: int, last: int) -> int:
        """Distinct counterparties whose first posting is on a day from `first` to `last`."""
        return sum(first <= row[1] <= last for row in _ROW.iter_unpack(self.rows))

    def _find(self, key: int) -> int:
        """Where the row of that key begins, or -1."""
        rows, wanted = self.rows, key.to_bytes(4, "little")
        at = rows.find(wanted)
        while at > 0 and at % _WIDTH:
            at = rows.find(wanted, at + 1)
        return at


def country_key(code: str) -> int:
    """The key of a country's two letters."""
    return int.from_bytes(code.encode(), "big")


def country_of(key: int) -> str:
    """The two letters of a country's key.

    >>> country_of(country_key("CN"))
    'CN'
    """
    return key.to_bytes(2, "big").decode()


def counterparty_key(name: str) -> int:
    """The 32-bit key of a counterparty's account."""
    return crc32(name.encode()) or 1  # 0 stands for none
