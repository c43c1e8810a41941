"""Tiles: how many and how much came in and went out in one hour or day.

Tiles add up (they are a monoid, reversals included: they subtract), so any window is a sum of tiles. Exact. The newest tile,
to which nearly every posting goes, is open; the earlier ones are packed in 6 bytes for each direction that has any (13 where
one of them has more than 255 postings or 42 million in major units), and unpacked only by who asks about a window.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec


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
Row = tuple[int, int, int, int, int]
"""Index, in_count, in_sum, out_count, out_sum."""
_FORMS: Final = (struct.Struct("<BBI"), struct.Struct("<BIQ"))
"""Narrow and wide: the last seven bits of the index and one for the direction, count, sum."""
_BITS: Final = 0x7F
_MOST_NARROW: Final = 0xFF, 0xFFFFFFFF
"""Postings, and minor units."""


class Ring(msgspec.Struct, array_like=True, gc=False):
    """Tiles by the number of their hour or day, of which the last 128 can be kept. What is empty costs nothing.

    Who opens a new tile drops those further back before.
    """

    index: int = 0
    """Of the newest tile, whose counts and sums follow; 0: there is none."""
    in_count: int = 0
    in_sum: int = 0
    out_count: int = 0
    out_sum: int = 0
    past: bytes = b""
    """The tiles before the newest, ascending, what went out before what came in."""
    form: int = 0
    """How they are packed."""

    def __len__(self) -> int:
        return len([*self.rows()])

    def __iter__(self) -> Iterator[int]:
        """The indices that have a tile, ascending."""
        return (row[0] for row in self.rows())

    def __getitem__(self, index: int) -> Tile:
        """The tile of that index; an empty one where nothing was posted."""
        if index == self.index:
            return Tile(self.in_count, self.in_sum, self.out_count, self.out_sum)
        return self.total(index, index) if index < self.index and self.past else NOTHING

    def rows(self) -> Iterator[Row]:
        """All tiles, ascending."""
        newest, index = self.index, -1
        in_count = in_sum = out_count = out_sum = 0
        for bits, count, minor in _FORMS[self.form].iter_unpack(self.past):
            this = newest - (newest - (bits >> 1) & _BITS)
            if this != index:
                if index >= 0:
                    yield index, in_count, in_sum, out_count, out_sum
                index, in_count, in_sum, out_count, out_sum = this, 0, 0, 0, 0
            if bits & 1:
                in_count, in_sum = count, minor
            else:
                out_count, out_sum = count, minor
        if index >= 0:
            yield index, in_count, in_sum, out_count, out_sum
        if self.in_count or self.out_count:
            yield newest, self.in_count, self.in_sum, self.out_count, self.out_sum

    def sum_of(self, index: int) -> int:
        """The amount in both directions of the tile of that index."""
        if index > self.index:
            return 0
        return self.in_sum + self.out_sum if index == self.index else self[index].sum

    def count_of(self, index: int) -> int:
        """The postings in both directions of the tile of that index."""
        if index > self.index:
            return 0
        return self.in_count + self.out_count if index == self.index else self[index].count

    def directed_sum(self, index: int, *, inbound: bool) -> int:
        """The amount in one direction of the tile of that index."""
        if index > self.index:
            return 0
        if index == self.index:
            return self.in_sum if inbound else self.out_sum
        return self[index].directed_sum(inbound=inbound)

    def add(self, index: int, amount_minor: int, count: int, *, inbound: bool) -> int:
        """Add a posting (`count` 1) or take one back (`count` -1, `amount_minor` negative); an empty tile is dropped.

        Nothing is taken from a tile that is not there: it was forgotten, with the posting in it.

        Returns:
            The amount in that direction of the tile as it now is.
        """
        if count < 0 or index < self.index:
            return self._add_anywhere(index, amount_minor, count, inbound=inbound)
        if index > self.index:
            self._begin(index)
        if inbound:
            self.in_count += count
            self.in_sum += amount_minor
            return self.in_sum
        self.out_count += count
        self.out_sum += amount_minor
        return self.out_sum

    def drop_before(self, first: int) -> None:
        """Forget the tiles before index `first`."""
        newest, past = self.index, self.past
        if newest < first:
            self.index = self.in_count = self.in_sum = self.out_count = self.out_sum = self.form = 0
            self.past = b""
        elif past and newest - (past[0] >> 1) & _BITS > newest - first:
            width, most = _FORMS[self.form].size, newest - first
            end = width
            while end < len(past) and newest - (past[end] >> 1) & _BITS > most:
                end += width
            self.past = past[end:]
            if self.form:
                self._keep([*self.rows()])  # what made it wide may be gone

    def total(self, first: int, last: int) -> Tile:
        """The sum of the tiles `first` to `last`, both included."""
        newest = self.index
        in_count = in_sum = out_count = out_sum = 0
        if first <= newest <= last:
            in_count, in_sum, out_count, out_sum = self.in_count, self.in_sum, self.out_count, self.out_sum
        past = self.past
        if past and first < newest:
            form, most, least = _FORMS[self.form], newest - first, newest - last
            # There are no more tiles than their indices are apart, in each direction.
            for bits, count, minor in form.iter_unpack(past[-2 * most * form.size :]):
                if least <= newest - (bits >> 1) & _BITS <= most:
                    if bits & 1:
                        in_count += count
                        in_sum += minor
                    else:
                        out_count += count
                        out_sum += minor
        return Tile(in_count, in_sum, out_count, out_sum)

    def sums(self, first: int, last: int, *, inbound: bool) -> list[float]:
        """The amounts in one direction of the tiles `first` to `last` that have any."""
        column = 2 if inbound else 4
        return [row[column] for row in self.rows() if first <= row[0] <= last and row[column]]

    def counts(self, first: int, last: int) -> list[int]:
        """The postings of each of the tiles `first` to `last` that is not empty."""
        return [row[1] + row[3] for row in self.rows() if first <= row[0] <= last]

    def _begin(self, index: int) -> None:
        """Close the newest tile, and open the one of that index."""
        past, bits, pack = self.past, (self.index & _BITS) << 1, _FORMS[self.form].pack
        try:
            if self.out_count:
                past += pack(bits, self.out_count, self.out_sum)
            if self.in_count:
                past += pack(bits + 1, self.in_count, self.in_sum)
        except struct.error:  # too large for the narrow form
            self._keep((*self.rows(), (index, 0, 0, 0, 0)))
            return
        self.past = past
        self.index, self.in_count, self.in_sum, self.out_count, self.out_sum = index, 0, 0, 0, 0

    def _add_anywhere(self, index: int, amount_minor: int, count: int, *, inbound: bool) -> int:
        """`add` to a tile that is not the newest, or what makes one smaller."""
        rows = {row[0]: row for row in self.rows()}
        row = rows.get(index)
        if row is None and count < 0:
            return 0
        cells = [index, 0, 0, 0, 0] if row is None else [*row]
        side = 1 if inbound else 3
        cells[side] += count
        cells[side + 1] += amount_minor
        _, in_count, in_sum, out_count, out_sum = cells
        rows[index] = index, in_count, in_sum, out_count, out_sum
        if not in_count and not out_count:
            del rows[index]
        self._keep(sorted(rows.values()))
        return cells[side + 1]

    def _keep(self, rows: Iterable[Row]) -> None:
        """Hold these tiles, ascending."""
        *past, newest = [*rows] or [(0, 0, 0, 0, 0)]
        self.form, self.past = int(any(map(_is_wide, past))), b""
        self.in_count = self.out_count = 0
        for row in (*past, newest):
            self._begin(row[0])
            _, self.in_count, self.in_sum, self.out_count, self.out_sum = row


def _is_wide(row: Row) -> bool:
    """Whether the row does not fit into the narrow form."""
    _, in_count, in_sum, out_count, out_sum = row
    postings, minor = _MOST_NARROW
    return in_count > postings or out_count > postings or in_sum > minor or out_sum > minor
