"""How postings spread over the hours of the day and the first digits of amounts: one byte a cell, what is old fading.

When a cell is full, all of its kind are halved: shares stay, to one part in 127 of the fullest cell, and the past counts less
and less.
"""

from typing import Final

import msgspec

HOURS: Final = 24
DIGITS: Final = 9
_FULL: Final = 255


class Shape(msgspec.Struct, array_like=True, gc=False):
    """Weights by cell; their sum says how much is behind them."""

    cells: bytes = b""
    """24 hours, 0 to 23, and nine digits, 1 to 9."""

    @property
    def hours(self) -> bytes:
        """Weights by the hour of the day; empty before the first posting."""
        return self.cells[:HOURS]

    @property
    def digits(self) -> bytes:
        """Weights by the first digit of the amount, from 1 on; empty before the first posting."""
        return self.cells[HOURS:]

    def learn(self, hour: int, digit: int) -> None:
        """Count one posting by its hour (0 to 23) and its first digit (1 to 9)."""
        cells, place = bytearray(self.cells or HOURS + DIGITS), HOURS - 1 + digit
        cells[hour] += 1
        cells[place] += 1
        if cells[hour] == _FULL:
            cells[:HOURS] = bytes(weight >> 1 for weight in cells[:HOURS])
        if cells[place] == _FULL:
            cells[HOURS:] = bytes(weight >> 1 for weight in cells[HOURS:])
        self.cells = bytes(cells)
