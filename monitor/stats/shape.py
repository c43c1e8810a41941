"""How postings spread over a few cells, such as the hours of the day: one byte a cell, what is old fading.

When a cell is full, all are halved: shares stay, to one part in 127 of the fullest cell, and the past counts less and less.
"""

import msgspec

_FULL = 255
_BYTE = tuple(bytes((count,)) for count in range(256))


class Shape(msgspec.Struct, array_like=True, gc=False):
    """Weights by cell; the sum says how much is behind them."""

    cells: bytes = b""

    def learn(self, cell: int, width: int) -> None:
        """Count one posting in a cell (0 to `width` - 1)."""
        cells = self.cells or bytes(width)
        count = cells[cell] + 1
        if count == _FULL:
            cells = bytes(weight >> 1 for weight in cells)
            count >>= 1
        self.cells = cells[:cell] + _BYTE[count] + cells[cell + 1 :]

    @property
    def total(self) -> int:
        """All weights."""
        return sum(self.cells)
