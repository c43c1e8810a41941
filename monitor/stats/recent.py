"""The newest postings: evidence for alerts, what reversals need, and how duplicates are recognised.

The newest `KEPT` postings are kept whole; of older ones only a 64-bit digest of the id, by business date, for as long as
that date could still be posted to (tiles of 35 dates), at most `DIGESTS` of them. So a duplicate is recognised or, when
older, too late to count, unless the customer had more than `KEPT + DIGESTS` postings since.
About 25 bytes and the id's length for a posting, 8 for a digest.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec

KEPT: Final = 20
DIGESTS: Final = 320
_DIGEST_BYTES: Final = 8

INBOUND: Final = 1
CASH: Final = 2
NEAR: Final = 4
NOVEL: Final = 8
REVERSED: Final = 16


class RecentPosting(msgspec.Struct, array_like=True, gc=False):
    """One posting: its id, instant (epoch seconds), business date, amount (minor units), flags and counterparty key."""

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
    """Postings in the order in which they arrived, and the digests of older ones by business date."""

    postings: list[RecentPosting] = msgspec.field(default_factory=list)
    digests: dict[int, bytes] = msgspec.field(default_factory=dict)

    def __contains__(self, transaction_id: str) -> bool:
        """Whether the posting was seen (within the bounds above)."""
        for posting in self.postings:
            if posting.transaction_id == transaction_id:
                return True
        if not self.digests:
            return False
        digest = _digest(transaction_id)
        return any(_holds(blob, digest) for blob in self.digests.values())

    def find(self, transaction_id: str) -> RecentPosting | None:
        """The posting of that id, if it is among the newest."""
        for posting in self.postings:
            if posting.transaction_id == transaction_id:
                return posting
        return None

    def day_of(self, transaction_id: str) -> int | None:
        """The business date of an older posting of which only the digest is left."""
        digest = _digest(transaction_id)
        return next((day for day, blob in self.digests.items() if _holds(blob, digest)), None)

    def mark(self, name: str, day: int) -> None:
        """Remember a name with the postings of a day, as if it were a posting's id."""
        self.digests[day] = self.digests.get(day, b"") + _digest(name)

    def learn(self, posting: RecentPosting, oldest_day: int) -> None:
        """Add the newest posting; what leaves the list leaves its digest; digests before `oldest_day` are dropped."""
        self.postings.append(posting)
        if len(self.postings) <= KEPT:
            return
        left = self.postings.pop(0)
        if left.day >= oldest_day:
            self.digests[left.day] = self.digests.get(left.day, b"") + _digest(left.transaction_id)
        for day in [day for day in self.digests if day < oldest_day]:
            del self.digests[day]
        if sum(map(len, self.digests.values())) > DIGESTS * _DIGEST_BYTES:
            oldest = min(self.digests)
            rest = self.digests[oldest][_DIGEST_BYTES:]
            if rest:
                self.digests[oldest] = rest
            else:
                del self.digests[oldest]

    def since(self, at_s: int, until_s: int) -> Iterator[RecentPosting]:
        """The kept postings from `at_s` to `until_s`, both included, that were not reversed; as they arrived."""
        return (p for p in self.postings if at_s <= p.at_s <= until_s and not p.flags & REVERSED)


def _digest(transaction_id: str) -> bytes:
    return blake2b(transaction_id.encode(), digest_size=_DIGEST_BYTES).digest()


def _holds(blob: bytes, digest: bytes) -> bool:
    at = blob.find(digest)
    while at >= 0 and at % _DIGEST_BYTES:
        at = blob.find(digest, at + 1)
    return at >= 0
