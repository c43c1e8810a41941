"""The members of a group, learned from their postings: each with the last day on which it was heard of, and its risk grade.

Exact up to `CAP` members and `MOST_BYTES` of ids; above it the longest unheard are forgotten, and a transfer to one of them
is not known as one inside the group. The id's length and about 5 bytes each.
"""

from typing import Final

import msgspec

from monitor.stats.counterparties import counterparty_key

CAP: Final = 32
MOST_BYTES: Final = 2_304
"""Of ids together: as many as the cap of the longest in ASCII, with their days."""


class Member(msgspec.Struct, array_like=True, gc=False):
    """One member."""

    customer_id: str
    last_day: int
    grade: str


class Members(msgspec.Struct, array_like=True):
    """Members, the longest unheard first."""

    each: list[Member] = msgspec.field(default_factory=list)

    def __len__(self) -> int:
        return len(self.each)

    def __contains__(self, key: int | None) -> bool:
        """Whether that is the key of a member."""
        return key is not None and any(counterparty_key(one.customer_id) == key for one in self.each)

    def learn(self, customer_id: str, day: int, grade: str) -> None:
        """Hear of a member on a day; its grade is the one heard last."""
        at = next((at for at, one in enumerate(self.each) if one.customer_id == customer_id), None)
        last_day = day
        if at is not None:
            last_day = max(day, self.each.pop(at).last_day)
        self.each.append(Member(customer_id, last_day, grade))
        while len(self.each) > CAP or self._bytes() > MOST_BYTES:
            del self.each[0]

    def ids(self) -> dict[int, str]:
        """The customer_ids by their keys."""
        return {counterparty_key(one.customer_id): one.customer_id for one in self.each}

    def _bytes(self) -> int:
        return sum(len(one.customer_id.encode()) for one in self.each)
