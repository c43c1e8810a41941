"""Tiles: how many and how much came in and went out in one hour, day or month.

Tiles add up (they are a monoid, reversals included: they subtract), so any window is a sum of tiles. Exact; at most
36 bytes encoded, typically 12.
"""

import msgspec


class Tile(msgspec.Struct, array_like=True, gc=False):
    """Counts and sums of one stretch of time; sums in minor units of the base currency."""

    in_count: int = 0
    in_sum: int = 0
    out_count: int = 0
    out_sum: int = 0

    def add(self, amount_minor: int, count: int, *, inbound: bool) -> None:
        """Add a posting (`count` 1) or take one back (`count` -1, `amount_minor` negative)."""
        if inbound:
            self.in_count += count
            self.in_sum += amount_minor
        else:
            self.out_count += count
            self.out_sum += amount_minor

    @property
    def count(self) -> int:
        """Postings in both directions."""
        return self.in_count + self.out_count

    @property
    def sum(self) -> int:
        """Gross amount in both directions, minor units."""
        return self.in_sum + self.out_sum

    def directed_sum(self, *, inbound: bool) -> int:
        """Amount in one direction, minor units."""
        return self.in_sum if inbound else self.out_sum

    def directed_count(self, *, inbound: bool) -> int:
        """Postings in one direction."""
        return self.in_count if inbound else self.out_count


Ring = dict[int, Tile]
"""Tiles by the number of their hour, day or month. Sparse: silence costs nothing."""


def add_to(ring: Ring, index: int, amount_minor: int, count: int, *, inbound: bool) -> None:
    """Add a posting to its tile; a tile that becomes empty is dropped, and nothing is taken from one long forgotten."""
    tile = ring.get(index)
    if tile is None:
        if count < 0:
            return
        tile = ring[index] = Tile()
    tile.add(amount_minor, count, inbound=inbound)
    if count < 0 and not tile.in_count and not tile.out_count:
        del ring[index]


def drop_before(ring: Ring, first: int) -> None:
    """Forget the tiles before index `first`."""
    for index in [index for index in ring if index < first]:
        del ring[index]


def total(ring: Ring, first: int, last: int) -> Tile:
    """The sum of the tiles `first` to `last`, both included."""
    in_count = in_sum = out_count = out_sum = 0
    for index, tile in ring.items():
        if first <= index <= last:
            in_count += tile.in_count
            in_sum += tile.in_sum
            out_count += tile.out_count
            out_sum += tile.out_sum
    return Tile(in_count, in_sum, out_count, out_sum)


def grand_total(ring: Ring) -> Tile:
    """The sum of all tiles."""
    return total(ring, min(ring, default=0), max(ring, default=0))
