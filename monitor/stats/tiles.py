"""Tiles: how many and how much came in and went out in one hour, day or month.

Tiles add up (they are a monoid, reversals included: they subtract), so any window is a sum of tiles. Exact; typically
12 bytes each, at most 41. A ring keeps its tiles in one flat list of whole numbers: a state is decoded and encoded for
nearly every posting, and one list costs a fifth of as many objects.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import msgspec


class Tile(msgspec.Struct, array_like=True, gc=False):
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


NOTHING = Tile()
_ROW = 5


class Ring(msgspec.Struct, array_like=True):
    """Tiles by the number of their hour, day or month, ascending. Sparse: silence costs nothing."""

    cells: list[int] = msgspec.field(default_factory=list)
    """Rows of index, in_count, in_sum, out_count, out_sum."""

    def __len__(self) -> int:
        return len(self.cells) // _ROW

    def __iter__(self) -> Iterator[int]:
        """The indices that have a tile."""
        return iter(self.cells[::_ROW])

    def __getitem__(self, index: int) -> Tile:
        """The tile of that index; an empty one where nothing was posted."""
        cells = self.cells
        at = len(cells) - _ROW
        while at >= 0 and cells[at] > index:
            at -= _ROW
        return Tile(*cells[at + 1 : at + _ROW]) if at >= 0 and cells[at] == index else NOTHING

    def add(self, index: int, amount_minor: int, count: int, *, inbound: bool) -> None:
        """Add a posting (`count` 1) or take one back (`count` -1, `amount_minor` negative); an empty tile is dropped.

        Nothing is taken from a tile that is not there: it was forgotten, with the posting in it.
        """
        if count < 0 and self[index] is NOTHING:
            return
        cells, at = self.cells, self._row(index)
        side = at + 1 if inbound else at + 3
        cells[side] += count
        cells[side + 1] += amount_minor
        if count < 0 and not cells[at + 1] and not cells[at + 3]:
            del cells[at : at + _ROW]

    def raise_to(self, index: int, in_sum: int, out_sum: int) -> None:
        """Make the tile's sums at least these: for rings that keep largest days instead of totals."""
        cells, at = self.cells, self._row(index)
        if in_sum > cells[at + 2]:
            cells[at + 2] = in_sum
        if out_sum > cells[at + 4]:
            cells[at + 4] = out_sum

    def drop(self, index: int) -> None:
        """Forget one tile."""
        at = self._row(index)
        del self.cells[at : at + _ROW]

    def drop_before(self, first: int) -> None:
        """Forget the tiles before index `first`."""
        cells = self.cells
        if cells and cells[0] < first:
            del cells[: bisect_left(cells[::_ROW], first) * _ROW]

    def total(self, first: int, last: int) -> Tile:
        """The sum of the tiles `first` to `last`, both included."""
        cells = self.cells
        start, end = self._span(first, last)
        if end - start <= _ROW:
            return Tile(*cells[start + 1 : end]) if end > start else NOTHING
        return Tile(
            sum(cells[start + 1 : end : _ROW]),
            sum(cells[start + 2 : end : _ROW]),
            sum(cells[start + 3 : end : _ROW]),
            sum(cells[start + 4 : end : _ROW]),
        )

    def sums(self, first: int, last: int, *, inbound: bool) -> list[float]:
        """The amounts in one direction of the tiles `first` to `last` that have any."""
        start, end = self._span(first, last)
        return [amount for amount in self.cells[start + (2 if inbound else 4) : end : _ROW] if amount]

    def counts(self, first: int, last: int) -> list[int]:
        """The postings of each of the tiles `first` to `last` that is not empty."""
        start, end = self._span(first, last)
        cells = self.cells
        return list(map(int.__add__, cells[start + 1 : end : _ROW], cells[start + 3 : end : _ROW]))

    def grand_total(self) -> Tile:
        """The sum of all tiles."""
        cells = self.cells
        return Tile(sum(cells[1::_ROW]), sum(cells[2::_ROW]), sum(cells[3::_ROW]), sum(cells[4::_ROW]))

    def _span(self, first: int, last: int) -> tuple[int, int]:
        """Where the rows `first` to `last` begin and end."""
        indices = self.cells[::_ROW]
        return bisect_left(indices, first) * _ROW, bisect_right(indices, last) * _ROW

    def _row(self, index: int) -> int:
        """Where the tile's row begins; a row of zeros is put in if there is none."""
        cells = self.cells
        at = len(cells) - _ROW
        while at >= 0 and cells[at] > index:
            at -= _ROW
        if at < 0 or cells[at] != index:
            at += _ROW
            cells[at:at] = (index, 0, 0, 0, 0)
        return at
