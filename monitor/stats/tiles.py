"""Tiles: how many and how much came in and went out in one hour, day or month.

Tiles add up (they are a monoid, reversals included: they subtract), so any window is a sum of tiles. Exact; typically
12 bytes each, at most 41.
"""

from bisect import bisect_left, bisect_right
from typing import ClassVar, Final

import msgspec

from monitor.stats.rows import Rows


class Tile(msgspec.Struct, gc=False):
    """Counts and sums of one stretch of time; sums in minor units of the base currency."""

    in_count: int = 0
    in_sum: int = 0
    out_count: int = 0
    out_sum: int = 0

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


NOTHING: Final = Tile()
_SHORT: Final = 6
"""Tiles up to which a sum is quicker by hand than by slices."""


class Ring(Rows, array_like=True, gc=False):
    """Tiles by the number of their hour or day: rows of index, in_count, in_sum, out_count, out_sum."""

    width: ClassVar[int] = 5

    def __getitem__(self, index: int) -> Tile:
        """The tile of that index; an empty one where nothing was posted."""
        at = self.find(index)
        return NOTHING if at < 0 else Tile(*self.cells[at + 1 : at + 5])

    def sum_of(self, index: int) -> int:
        """The amount in both directions of the tile of that index."""
        cells = self.cells
        if cells and cells[-5] == index:
            return cells[-3] + cells[-1]
        at = self.find(index)
        return 0 if at < 0 else cells[at + 2] + cells[at + 4]

    def count_of(self, index: int) -> int:
        """The postings in both directions of the tile of that index."""
        cells = self.cells
        if cells and cells[-5] == index:
            return cells[-4] + cells[-2]
        at = self.find(index)
        return 0 if at < 0 else cells[at + 1] + cells[at + 3]

    def directed_sum(self, index: int, *, inbound: bool) -> int:
        """The amount in one direction of the tile of that index."""
        cells = self.cells
        if cells and cells[-5] == index:
            return cells[-3 if inbound else -1]
        at = self.find(index)
        return 0 if at < 0 else cells[at + (2 if inbound else 4)]

    def add(self, index: int, amount_minor: int, count: int, *, inbound: bool) -> int:
        """Add a posting (`count` 1) or take one back (`count` -1, `amount_minor` negative); an empty tile is dropped.

        Nothing is taken from a tile that is not there: it was forgotten, with the posting in it.

        Returns:
            The amount in that direction of the tile as it now is.
        """
        cells = self.cells
        if count > 0 and cells and cells[-5] == index:  # nearly always: the newest
            side = -4 if inbound else -2
            cells[side] += count
            cells[side + 1] += amount_minor
            return cells[side + 1]
        if count < 0 and self[index] is NOTHING:
            return 0
        at = self.row(index)
        side = at + 1 if inbound else at + 3
        cells[side] += count
        cells[side + 1] += amount_minor
        now = cells[side + 1]
        if count < 0 and not cells[at + 1] and not cells[at + 3]:
            del cells[at : at + 5]
        return now

    def total(self, first: int, last: int) -> Tile:
        """The sum of the tiles `first` to `last`, both included."""
        cells = self.cells
        if last - first < _SHORT:
            return self._short_total(first, last)
        start, end = self._span(first, last)
        return Tile(
            sum(cells[start + 1 : end : 5]),
            sum(cells[start + 2 : end : 5]),
            sum(cells[start + 3 : end : 5]),
            sum(cells[start + 4 : end : 5]),
        )

    def _short_total(self, first: int, last: int) -> Tile:
        """The same, walking back from the end: quicker for a few tiles near it."""
        cells, at = self.cells, len(self.cells) - 5
        in_count = in_sum = out_count = out_sum = 0
        while at >= 0 and cells[at] >= first:
            if cells[at] <= last:
                in_count += cells[at + 1]
                in_sum += cells[at + 2]
                out_count += cells[at + 3]
                out_sum += cells[at + 4]
            at -= 5
        return Tile(in_count, in_sum, out_count, out_sum)

    def sums(self, first: int, last: int, *, inbound: bool) -> list[float]:
        """The amounts in one direction of the tiles `first` to `last` that have any."""
        start, end = self._span(first, last)
        return [amount for amount in self.cells[start + (2 if inbound else 4) : end : 5] if amount]

    def counts(self, first: int, last: int) -> list[int]:
        """The postings of each of the tiles `first` to `last` that is not empty."""
        start, end = self._span(first, last)
        cells = self.cells
        return list(map(int.__add__, cells[start + 1 : end : 5], cells[start + 3 : end : 5]))

    def _span(self, first: int, last: int) -> tuple[int, int]:
        """Where the rows `first` to `last` begin and end."""
        indices = self.cells[::5]
        return bisect_left(indices, first) * 5, bisect_right(indices, last) * 5
