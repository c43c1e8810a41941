"""A few things, each with the first and the last day on which it was seen: a customer's accounts, or foreign countries.

Exact up to `CAP`; above it the longest unseen are forgotten. 8 bytes each, the longest unseen first.
"""

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

CAP: Final = 24
_ROW: Final = struct.Struct("<IHH")
_WIDTH: Final = _ROW.size


class Sightings(msgspec.Struct, array_like=True, gc=False):
    """Rows of key (32 bits), first day and last day (day numbers)."""

    rows: bytes = b""

    def __len__(self) -> int:
        return len(self.rows) // _WIDTH

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Key, first day and last day of each."""
        return _ROW.iter_unpack(self.rows)

    def first_day(self, key: int) -> int | None:
        """When it was first seen; None: never, or forgotten."""
        at = self._find(key)
        return None if at < 0 else int(_ROW.unpack_from(self.rows, at)[1])

    def are_several_with(self, key: int) -> bool:
        """Whether it is not the only one, itself included."""
        rows = self.rows
        return len(rows) > _WIDTH or (rows != b"" and rows[:4] != key.to_bytes(4, "little"))

    def learn(self, key: int, day: int) -> None:
        """See it on a day."""
        rows, first, last = self.rows, day, day
        if rows:
            newest, known_first, known_last = _ROW.unpack_from(rows, len(rows) - _WIDTH)
            if newest == key and known_first <= day:  # nearly always
                if day > known_last:
                    self.rows = rows[:-_WIDTH] + _ROW.pack(key, known_first, day)
                return
        at = self._find(key)
        if at >= 0:
            _, known_first, known_last = _ROW.unpack_from(rows, at)
            first, last = min(day, known_first), max(day, known_last)
            rows = rows[:at] + rows[at + _WIDTH :]
        elif len(rows) >= CAP * _WIDTH:
            rows = rows[_WIDTH:]
        self.rows = rows + _ROW.pack(key, first, last)

    def first_seen_since(self, first: int) -> int:
        """How many were first seen on or after a day."""
        return sum(day >= first for _, day, _ in self)

    def _find(self, key: int) -> int:
        rows, wanted = self.rows, key.to_bytes(4, "little")
        at = rows.find(wanted)
        while at > 0 and at % _WIDTH:
            at = rows.find(wanted, at + 1)
        return at
