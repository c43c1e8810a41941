"""Rows of whole numbers in one flat list, each behind its index, ascending.

A state is decoded and encoded for nearly every posting, and one flat list costs a fifth of as many objects.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec


class Rows(msgspec.Struct, array_like=True, gc=False):
    """Rows of `width` cells, the first of which is the index. Sparse: what is not there costs nothing."""

    width: ClassVar[int]

    cells: list[int] = msgspec.field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cells) // self.width

    def __iter__(self) -> Iterator[int]:
        """The indices that have a row."""
        return iter(self.cells[:: self.width])

    def drop_before(self, first: int) -> None:
        """Forget the rows before index `first`."""
        cells = self.cells
        if cells and cells[0] < first:
            width = self.width
            end = width
            while end < len(cells) and cells[end] < first:
                end += width
            del cells[:end]

    def find(self, index: int) -> int:
        """Where the row of that index begins, or -1."""
        cells, width = self.cells, self.width
        at = len(cells) - width
        while at >= 0 and cells[at] > index:
            at -= width
        return at if at >= 0 and cells[at] == index else -1

    def row(self, index: int) -> int:
        """Where the row of that index begins; a row of zeros is put in if there is none."""
        cells, width = self.cells, self.width
        at = len(cells) - width
        while at >= 0 and cells[at] > index:
            at -= width
        if at < 0 or cells[at] != index:
            at += width
            cells[at:at] = (index, *(0,) * (width - 1))
        return at
