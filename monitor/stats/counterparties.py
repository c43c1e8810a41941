"""Who the customer deals with: a bounded map with first and last days and counts.

Key: the CRC-32 of the counterparty's account, so that no account number is stored. In a full map two counterparties
are taken for one in about one customer of a million. Exact distinct counts up to `CAP`; above it the longest unseen are
forgotten, and counts are lower bounds (`forgotten` > 0). About 17 bytes for each.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple
from zlib import crc32

import msgspec

CAP: Final = 96
NEVER: Final = 0
"""A day that no posting has (1970-01-01): not seen in that direction."""


_FIRST, _LAST_IN, _LAST_OUT, _IN, _OUT, _WIDTH = 1, 2, 3, 4, 5, 6


class Seen(NamedTuple):
    """One counterparty; days are day numbers, `NEVER` where there was no posting in that direction."""

    key: int
    first_day: int
    last_in_day: int
    last_out_day: int


class Counterparties(msgspec.Struct, array_like=True):
    """Counterparties, the longest unseen first, in one flat list (see `monitor.stats.rows` for why)."""

    cells: list[int] = msgspec.field(default_factory=list)
    """Rows of key, first day, last day in, last day out, count in, count out."""
    forgotten: int = 0

    def __len__(self) -> int:
        return len(self.cells) // _WIDTH

    def __contains__(self, key: int | None) -> bool:
        """Whether the counterparty is remembered."""
        return key in self.cells[::_WIDTH]

    def __iter__(self) -> Iterator[Seen]:
        """All that are remembered."""
        cells = self.cells
        columns = (cells[column::_WIDTH] for column in (0, _FIRST, _LAST_IN, _LAST_OUT))
        return map(Seen._make, zip(*columns, strict=True))

    def first_day(self, key: int) -> int | None:
        """The day of the first posting with this counterparty; None if it is not remembered."""
        at = self._find(key)
        return None if at < 0 else self.cells[at + _FIRST]

    def learn(self, key: int, day: int, *, inbound: bool) -> None:
        """Count a posting with this counterparty and make it the most recently seen."""
        cells, at = self.cells, self._find(key)
        if at < 0:
            row = [key, day, NEVER, NEVER, 0, 0]
            if len(cells) >= CAP * _WIDTH:
                del cells[:_WIDTH]
                self.forgotten += 1
        else:
            row = cells[at : at + _WIDTH]
            del cells[at : at + _WIDTH]
            row[_FIRST] = min(row[_FIRST], day)
        last, count = (_LAST_IN, _IN) if inbound else (_LAST_OUT, _OUT)
        row[last] = max(row[last], day)
        row[count] += 1
        cells += row

    def unlearn(self, key: int, *, inbound: bool) -> None:
        """Take a posting back. Days stay as they were, unless nothing is left of the counterparty."""
        cells, at = self.cells, self._find(key)
        if at < 0:
            return
        cells[at + (_IN if inbound else _OUT)] -= 1
        if cells[at + _IN] <= 0 and cells[at + _OUT] <= 0:
            del cells[at : at + _WIDTH]

    def first_seen_since(self, first: int, last: int) -> int:
        """Distinct counterparties whose first posting is on a day from `first` to `last`."""
        return sum(first <= day <= last for day in self.cells[_FIRST::_WIDTH])

    def _find(self, key: int) -> int:
        keys = self.cells[::_WIDTH]
        return keys.index(key) * _WIDTH if key in keys else -1


def counterparty_key(name: str) -> int:
    """The 32-bit key of a counterparty's account."""
    return crc32(name.encode()) or 1  # 0 stands for none
