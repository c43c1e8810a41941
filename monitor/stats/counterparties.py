"""Who the customer deals with: a bounded map with first and last days and counts.

Key: the CRC-32 of the counterparty's account, so that no account number is stored. In a full map two counterparties
are taken for one in about one customer of a million. Exact distinct counts up to `CAP`; above it the longest unseen are
forgotten, and counts are lower bounds (`forgotten` > 0). About 17 bytes for each.
"""

from typing import Final
from zlib import crc32

import msgspec

CAP: Final = 96
NEVER: Final = 0
"""A day that no posting has (1970-01-01): not seen in that direction."""


class Counterparty(msgspec.Struct, array_like=True, gc=False):
    """What is known of one counterparty; days are day numbers."""

    first_day: int
    last_in_day: int = NEVER
    last_out_day: int = NEVER
    in_count: int = 0
    out_count: int = 0


class Counterparties(msgspec.Struct, array_like=True):
    """Counterparties by key, the longest unseen first."""

    known: dict[int, Counterparty] = msgspec.field(default_factory=dict)
    forgotten: int = 0

    def learn(self, key: int, day: int, *, inbound: bool) -> None:
        """Count a posting with this counterparty and make it the most recently seen."""
        entry = self.known.pop(key, None)
        if entry is None:
            entry = Counterparty(first_day=day)
            if len(self.known) >= CAP:
                del self.known[next(iter(self.known))]
                self.forgotten += 1
        elif day < entry.first_day:
            entry.first_day = day
        self.known[key] = entry
        if inbound:
            entry.in_count += 1
            if day > entry.last_in_day:
                entry.last_in_day = day
        else:
            entry.out_count += 1
            if day > entry.last_out_day:
                entry.last_out_day = day

    def unlearn(self, key: int, *, inbound: bool) -> None:
        """Take a posting back. Days stay as they were, unless nothing is left of the counterparty."""
        entry = self.known.get(key)
        if entry is None:
            return
        if inbound:
            entry.in_count -= 1
        else:
            entry.out_count -= 1
        if entry.in_count <= 0 and entry.out_count <= 0:
            del self.known[key]

    def payers_since(self, first: int, last: int) -> int:
        """Distinct counterparties from whom money last came on a day from `first` to `last`."""
        return sum(1 for entry in self.known.values() if first <= entry.last_in_day <= last)

    def payees_since(self, first: int, last: int) -> int:
        """Distinct counterparties to whom money last went on a day from `first` to `last`."""
        return sum(1 for entry in self.known.values() if first <= entry.last_out_day <= last)

    def first_seen_since(self, first: int, last: int) -> int:
        """Distinct counterparties whose first posting is on a day from `first` to `last`."""
        return sum(1 for entry in self.known.values() if first <= entry.first_day <= last)


def counterparty_key(name: str) -> int:
    """The 32-bit key of a counterparty's account."""
    return crc32(name.encode()) or 1  # 0 stands for none
