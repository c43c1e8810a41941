"""The newest postings: evidence for alerts, what reversals need, and how duplicates are recognised.

`KEPT` postings are kept whole: the newest, and of the older those that may yet be evidence. Of others only 48 bits of
checksums of the id are kept (a bank's ids are not made to collide), with the business date, for as long as that date could
still be posted to (tiles of 35 dates), at most `DIGESTS` of them. So a duplicate is recognised or, when older, too late to count, unless the customer had more than
`KEPT + DIGESTS` postings since.
About 18 bytes and the id's length for a posting (a UUID has 16), 7 for a digest.
"""

import re
import struct
from binascii import crc32, crc_hqx
from collections.abc import Iterator
from typing import Final

import msgspec

from monitor.calendar import DAY_S

KEPT: Final = 14
DIGESTS: Final = 256
EVIDENCE_DAYS: Final = 20
"""Ten working days and the holidays between them: how long a posting may be evidence in a window."""
LEAST_NEWEST: Final = 4
"""So many of the newest are kept whatever they are."""
_DIGEST: Final = struct.Struct("<HI")
"""CRC-16 and CRC-32, by two polynomials."""
_DAY_BYTES: Final = 1
_DAY_BITS: Final = 0xFF
_ENTRY_BYTES: Final = _DAY_BYTES + _DIGEST.size
_MOST_BYTES: Final = DIGESTS * _ENTRY_BYTES
_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_LENGTH_BITS: Final = 0x7F
_BINARY: Final = 0x80
_UUID_MARK: Final = bytes((_BINARY | 16,))
_BYTE: Final = tuple(bytes((length,)) for length in range(256))

INBOUND: Final = 1
CASH: Final = 2
NEAR: Final = 4
NOVEL: Final = 8
REVERSED: Final = 16
FOREIGN: Final = 32
ROUND: Final = 64
ENTITY: Final = 128
KEPT_FLAGS: Final = 255
"""The flags above are kept with a posting; those below say what is so when it comes."""
STRANGER: Final = 256
"""Its counterparty is new, or met for the first time."""
WITHIN_HOUR: Final = 512
WITHIN_DAY: Final = 1024
"""Another posting came so shortly before."""
YOUNG: Final = 2048
"""The customer has been known for 90 days at most."""
WOKEN: Final = 4096
"""The account was silent for half a year, once."""
ACCOUNTS: Final = 8192
"""The customer has used more than one account, this one included."""
ABOVE: Final = 16384
"""The amount may be above the customer's usual ones."""
_EVIDENCE: Final = NEAR | NOVEL
_IS_EVIDENCE: Final = bytes(flags & _EVIDENCE for flags in range(256))


class RecentPosting(msgspec.Struct, gc=False):
    """One posting, below 256 bytes packed.

    `local_s`: seconds since 1970 on the bank's wall clock; amount in minor units; `flags` as above; the counterparty's key.
    """

    name: bytes
    """The transaction_id as `short_name` gives it."""
    local_s: int
    amount_minor: int
    flags: int
    counterparty: int | None

    @property
    def transaction_id(self) -> str:
        """The id as it came."""
        return full_name(self.name)

    @property
    def day(self) -> int:
        """The business date."""
        return self.local_s // DAY_S

    @property
    def inbound(self) -> bool:
        """Whether money came in."""
        return bool(self.flags & INBOUND)


def short_name(transaction_id: str) -> bytes:
    """The id as it is kept: the 16 bytes of a UUID written in lower case, any other as it is; behind its length and which it is."""
    if len(transaction_id) == 36 and _UUID.fullmatch(transaction_id):  # noqa: PLR2004 - the length of a UUID
        return _UUID_MARK + bytes.fromhex(transaction_id.replace("-", ""))
    name = transaction_id.encode()
    return _BYTE[len(name) & _LENGTH_BITS] + name


def full_name(name: bytes) -> str:
    """The id that `short_name` shortened."""
    if not name[0] & _BINARY:
        return name[1:].decode()
    text = name[1:].hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _digest(name: bytes) -> bytes:
    return _DIGEST.pack(crc_hqx(name, 0), crc32(name))


class Recent(msgspec.Struct, array_like=True, gc=False):
    """Postings in the order in which they arrived, packed, and the digests of older ones with their business date.

    Packed, because a state is read far more often than its postings are: most questions need none of them, or only the
    figures, which are rows of one width beside the names.
    """

    rows: bytes = b""
    """The figures of each posting, the oldest first."""
    names: bytes = b""
    """The name of each posting, which begins with its length, in the order of `rows`."""
    newest_s: int = 0
    """`local_s` of the latest posting."""
    digests: bytes = b""
    """Each digest behind the last eight bits of its business date, the one that left the list first in front."""

    def __contains__(self, name: bytes) -> bool:
        """Whether the posting of that `short_name` was seen (within the bounds above)."""
        if name in self.names and self.find(name) is not None:
            return True
        return self.digests != b"" and self._place(name) >= 0

    def __iter__(self) -> Iterator[RecentPosting]:
        """The kept postings as they arrived."""
        return map(_posting, self.each_name(), self.figures())

    @property
    def kept(self) -> int:
        """How many postings are kept whole."""
        return len(self.rows) // _WIDTH

    def figures(self) -> Iterator[tuple[int, int, int, int]]:
        """Flags, local_s, amount_minor and counterparty (0: none) of the kept postings, the oldest first."""
        return _ROW.iter_unpack(self.rows)

    def find(self, name: bytes) -> RecentPosting | None:
        """The posting of that name, if it is kept whole."""
        return next((posting for posting in self if posting.name == name), None)

    def day_of(self, name: bytes) -> int | None:
        """The business date of an older posting of which only the digest is left."""
        at = self._place(name)
        return None if at < 0 else self._day(self.digests[at - _DAY_BYTES])

    def _place(self, name: bytes) -> int:
        """Where the digest of that name is, or -1."""
        digests, digest = self.digests, _digest(name)
        at = digests.find(digest)
        while at >= 0 and at % _ENTRY_BYTES != _DAY_BYTES:
            at = digests.find(digest, at + 1)
        return at

    def mark(self, name: bytes, day: int) -> None:
        """Remember a name with the postings of a day."""
        digests = self.digests + _BYTE[day & _DAY_BITS] + _digest(name)
        self.digests = digests[-_MOST_BYTES:] if len(digests) > _MOST_BYTES else digests

    def mark_reversed(self, name: bytes) -> bool:
        """Flag a kept posting as reversed; whether it is kept."""
        for place, kept in enumerate(self.each_name()):
            if kept == name:
                at = place * _WIDTH
                flags = bytes((self.rows[at] | REVERSED,))
                self.rows = self.rows[:at] + flags + self.rows[at + 1 :]
                return True
        return False

    def learn(
        self,
        name: bytes,
        local_s: int,
        amount_minor: int,
        flags: int,
        counterparty: int | None,
        oldest_day: int,
    ) -> None:
        """Add the newest posting; what leaves the list leaves its digest; digests before `oldest_day` are dropped."""
        rows, names = self.rows, self.names
        if local_s > self.newest_s:
            self.newest_s = local_s
        if len(rows) >= _FULL:
            at, name_at = self._least_telling() if rows[0] & _EVIDENCE else (0, 0)
            end = name_at + 1 + (names[name_at] & _LENGTH_BITS)
            left_s: int = _LOCAL_S.unpack_from(rows, at + _LOCAL_AT)[0]
            self._retire(names[name_at:end], left_s // DAY_S, oldest_day)
            rows = rows[:at] + rows[at + _WIDTH :]
            names = names[:name_at] + names[end:]
        self.rows = rows + _ROW.pack(flags, local_s, amount_minor, counterparty or 0)
        self.names = names + name

    def _retire(self, name: bytes, day: int, oldest_day: int) -> None:
        """Keep the digest of a posting that leaves the list, and none before `oldest_day`."""
        newest_day, gone = self.newest_s // DAY_S, 0
        most = newest_day - oldest_day
        for bits in self.digests[::_ENTRY_BYTES]:
            if newest_day - bits & _DAY_BITS <= most:
                break
            gone += _ENTRY_BYTES
        if gone:
            self.digests = self.digests[gone:]
        if day >= oldest_day:
            self.mark(name, day)

    def each_name(self) -> Iterator[bytes]:
        """The names of the kept postings, the oldest first."""
        names, at = self.names, 0
        while at < len(names):
            end = at + 1 + (names[at] & _LENGTH_BITS)
            yield names[at:end]
            at = end

    def _least_telling(self) -> tuple[int, int]:
        """Where the posting that is to leave and its name are kept: the oldest, but what may yet be evidence last.

        That is near T or with a new counterparty, and recent.
        """
        names, rows = self.names, self.rows
        if _LOCAL_S.unpack_from(rows, _LOCAL_AT)[0] < self.newest_s - EVIDENCE_DAYS * DAY_S:
            return 0, 0
        place = rows[:_TOLD:_WIDTH].translate(_IS_EVIDENCE).find(0)
        if place < 0:
            return 0, 0
        name_at = 0
        for _ in range(place):
            name_at += 1 + (names[name_at] & _LENGTH_BITS)
        return place * _WIDTH, name_at

    def _day(self, bits: int) -> int:
        """The business date whose last bits these are: none is kept for long enough to be taken for another."""
        newest = self.newest_s // DAY_S
        return newest - ((newest - bits) & _DAY_BITS)


_ROW: Final = struct.Struct("<BIqI")
"""Flags, local_s, amount_minor, counterparty."""
_LOCAL_S: Final = struct.Struct("<I")
_LOCAL_AT: Final = 1
"""Where in a row it is told when."""
_WIDTH: Final = _ROW.size
_FULL: Final = KEPT * _WIDTH
_TOLD: Final = (KEPT - LEAST_NEWEST) * _WIDTH
"""What may leave the list."""


def _posting(name: bytes, figures: tuple[int, int, int, int]) -> RecentPosting:
    flags, local_s, amount_minor, counterparty = figures
    return RecentPosting(name, local_s, amount_minor, flags, counterparty or None)
