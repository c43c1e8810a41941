"""The newest postings: evidence for alerts, what reversals need, and how duplicates are recognised.

The newest `KEPT` postings are kept whole; of older ones only a 64-bit digest of the id, by business date, for as long as
that date could still be posted to (tiles of 35 dates), at most `DIGESTS` of them. So a duplicate is recognised or, when
older, too late to count, unless the customer had more than `KEPT + DIGESTS` postings since.
About 22 bytes and the id's length for a posting, 10 for a digest.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec

KEPT: Final = 20
DIGESTS: Final = 320
_DIGEST_BYTES: Final = 8
_DAY_BYTES: Final = 2
_ENTRY_BYTES: Final = _DAY_BYTES + _DIGEST_BYTES

INBOUND: Final = 1
CASH: Final = 2
NEAR: Final = 4
NOVEL: Final = 8
REVERSED: Final = 16


class RecentPosting(msgspec.Struct, array_like=True, gc=False):
    """One posting, below 256 bytes packed: its id, instant (epoch seconds), business date, amount (minor units), flags and counterparty key."""

    transaction_id: str
    at_s: int
    day: int
    amount_minor: int
    flags: int
    counterparty: int | None

    @property
    def inbound(self) -> bool:
        """Whether money came in."""
        return bool(self.flags & INBOUND)


class Recent(msgspec.Struct, array_like=True):
    """Postings in the order in which they arrived, packed, and the digests of older ones with their business date.

    Packed, because a state is read far more often than its postings are: most questions need none or one of them.
    """

    packed: bytes = b""
    """Each posting in MessagePack behind its length (one byte), the oldest first."""
    kept: int = 0
    newest_s: int = 0
    """Event time (epoch seconds) of the latest kept posting."""
    digests: bytes = b""
    """Each digest behind its business date (two bytes), the one that left the list first in front."""

    def __contains__(self, transaction_id: str) -> bool:
        """Whether the posting was seen (within the bounds above)."""
        if transaction_id.encode() in self.packed and self.find(transaction_id) is not None:
            return True
        return bool(self.digests) and self.day_of(transaction_id) is not None

    def __iter__(self) -> Iterator[RecentPosting]:
        """The kept postings as they arrived."""
        return map(_unpack, self._parts())

    def newest_first(self) -> Iterator[RecentPosting]:
        """The kept postings, the one that arrived last first."""
        return map(_unpack, reversed(self._parts()))

    def find(self, transaction_id: str) -> RecentPosting | None:
        """The posting of that id, if it is among the newest."""
        return next((posting for posting in self if posting.transaction_id == transaction_id), None)

    def day_of(self, transaction_id: str) -> int | None:
        """The business date of an older posting of which only the digest is left."""
        digests, digest = self.digests, _digest(transaction_id)
        at = digests.find(digest)
        while at >= 0 and at % _ENTRY_BYTES != _DAY_BYTES:
            at = digests.find(digest, at + 1)
        return None if at < 0 else int.from_bytes(digests[at - _DAY_BYTES : at], "big")

    def mark(self, name: str, day: int) -> None:
        """Remember a name with the postings of a day, as if it were a posting's id."""
        self.digests = (self.digests + day.to_bytes(_DAY_BYTES, "big") + _digest(name))[
            -DIGESTS * _ENTRY_BYTES :
        ]

    def mark_reversed(self, transaction_id: str) -> bool:
        """Flag a kept posting as reversed; whether it is kept."""
        postings = list(self)
        for posting in postings:
            if posting.transaction_id == transaction_id:
                posting.flags |= REVERSED
                self.packed = b"".join(map(_pack, postings))
                return True
        return False

    def learn(self, posting: RecentPosting, oldest_day: int) -> None:
        """Add the newest posting; what leaves the list leaves its digest; digests before `oldest_day` are dropped."""
        self.packed += _pack(posting)
        if posting.at_s > self.newest_s:
            self.newest_s = posting.at_s
        if self.kept < KEPT:
            self.kept += 1
            return
        end = 1 + self.packed[0]
        left = _unpack(self.packed[1:end])
        self.packed = self.packed[end:]
        while self.digests and int.from_bytes(self.digests[:_DAY_BYTES], "big") < oldest_day:
            self.digests = self.digests[_ENTRY_BYTES:]
        if left.day >= oldest_day:
            self.mark(left.transaction_id, left.day)

    def _parts(self) -> list[bytes]:
        parts, at, packed = [], 0, self.packed
        while at < len(packed):
            end = at + 1 + packed[at]
            parts.append(packed[at + 1 : end])
            at = end
        return parts


_encode = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(RecentPosting).decode


def _pack(posting: RecentPosting) -> bytes:
    packed = _encode(posting)
    return bytes((len(packed),)) + packed


def _digest(transaction_id: str) -> bytes:
    return blake2b(transaction_id.encode(), digest_size=_DIGEST_BYTES).digest()
