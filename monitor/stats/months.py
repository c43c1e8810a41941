"""Thirteen months: what moved, the largest days, how much was cash and how much went to new counterparties.

A month that can still be posted to (any of the last 35 days lies in it) is exact, about 29 bytes. One that is closed is kept
in 18 bytes: each number on a logarithmic scale, off by at most 0.04 %. Nothing is added to it any more, and it only serves
as what is usual. After a reversal on a month's largest day, the largest is that of the dates that still have tiles.
"""

import math
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

_IN_PEAK, _OUT_PEAK, _CASH, _NOVEL = 5, 6, 7, 8
_CLOSED: Final = struct.Struct("<9H")
_WIDTH: Final = 9
_STEPS: Final = 1_500
"""Codes for each factor of e: 2 ** 16 of them reach beyond 10 ** 18."""
_VALUES: Final = tuple(math.expm1(code / _STEPS) for code in range(1 << 16))


class Month(NamedTuple):
    """One month; sums in minor units, exact or off by at most 0.04 %."""

    month: int
    in_count: float
    in_sum: float
    out_count: float
    out_sum: float
    in_peak: float
    out_peak: float
    cash_sum: float
    novel_sum: float


class Months(msgspec.Struct, array_like=True, gc=False):
    """Rows of month, in_count, in_sum, out_count, out_sum, in_peak, out_peak, cash_sum, novel_sum; sums in minor units."""

    cells: list[int] = msgspec.field(default_factory=list)
    """The open months in one flat list, ascending: it is quicker to decode than rows are."""
    closed: bytes = b""
    """The closed months, the oldest first."""

    def add(
        self,
        month: int,
        amount_minor: int,
        count: int,
        day_sum: int,
        *,
        inbound: bool,
        cash: bool,
        novel: bool,
    ) -> None:
        """Add a posting (`count` 1) or take one back (`count` -1, `amount_minor` negative); an empty month is dropped.

        `day_sum` is what its day now has in that direction: perhaps more than any day of the month had. Nothing is taken
        from a month that is not there: it was forgotten, with the posting in it.
        """
        cells = self.cells
        if count > 0 and cells and cells[-_WIDTH] == month:  # nearly always: the newest
            at = len(cells) - _WIDTH
        else:
            at = self._find(month) if count < 0 else self._row(month)
        if at < 0:
            self._take_from_closed(month, -amount_minor, inbound=inbound, cash=cash, novel=novel)
            return
        side, peak = (at + 1, at + _IN_PEAK) if inbound else (at + 3, at + _OUT_PEAK)
        cells[side] += count
        cells[side + 1] += amount_minor
        if day_sum > cells[peak]:
            cells[peak] = day_sum
        if cash:
            cells[at + _CASH] += amount_minor
        if novel:
            cells[at + _NOVEL] += amount_minor
        if count < 0 and not cells[at + 1] and not cells[at + 3]:
            del cells[at : at + _WIDTH]

    def roll(self, first_open: int, first_kept: int) -> None:
        """Close the months before `first_open`, and forget those before `first_kept`."""
        cells, width = self.cells, _WIDTH
        while cells and cells[0] < first_open:
            self.closed += _CLOSED.pack(cells[0], *map(_code, cells[1:width]))
            del cells[:width]
        while self.closed and self.closed[0] + (self.closed[1] << 8) < first_kept:
            self.closed = self.closed[_CLOSED.size :]

    def _take_from_closed(
        self, month: int, amount_minor: int, *, inbound: bool, cash: bool, novel: bool
    ) -> None:
        """Take a posting back out of a closed month, as nearly as it is known; its largest days stay what they were."""
        size = _CLOSED.size
        for at in range(0, len(self.closed), size):
            codes = list(_CLOSED.unpack_from(self.closed, at))
            if codes[0] != month:
                continue
            side = 1 if inbound else 3
            for place, taken in ((side, 1), (side + 1, amount_minor), (_CASH, cash), (_NOVEL, novel)):
                less = amount_minor * taken if place in (_CASH, _NOVEL) else taken
                codes[place] = _code(max(0, round(_VALUES[codes[place]]) - less))
            is_empty = not codes[1] and not codes[3]
            row = b"" if is_empty else _CLOSED.pack(*codes)
            self.closed = self.closed[:at] + row + self.closed[at + size :]
            return

    def each(self) -> Iterator[Month]:
        """All months that are kept, the oldest first."""
        value = _VALUES
        for month, a, b, c, d, e, f, g, h in _CLOSED.iter_unpack(self.closed):
            yield Month(month, value[a], value[b], value[c], value[d], value[e], value[f], value[g], value[h])
        cells, width = self.cells, _WIDTH
        for at in range(0, len(cells), width):
            yield Month._make(cells[at : at + width])

    def moved_since(self, month: int) -> Iterator[tuple[float, float, float, float]]:
        """in_count, in_sum, out_count and out_sum of each month from that one on, the oldest first."""
        value = _VALUES
        for one, in_count, in_sum, out_count, out_sum, *_ in _CLOSED.iter_unpack(self.closed):
            if one >= month:
                yield value[in_count], value[in_sum], value[out_count], value[out_sum]
        cells, width = self.cells, _WIDTH
        for at in range(0, len(cells), width):
            if cells[at] >= month:
                yield cells[at + 1], cells[at + 2], cells[at + 3], cells[at + 4]

    @property
    def open_sum(self) -> int:
        """What moved in the open months, both directions: at least what moved in any of the days that are kept."""
        cells, width = self.cells, _WIDTH
        return sum(cells[2::width]) + sum(cells[4::width])

    def peak(self, month: int, *, inbound: bool) -> int:
        """The largest sum of a day of that month, if it is open, in one direction."""
        at = self._find(month)
        return 0 if at < 0 else self.cells[at + (_IN_PEAK if inbound else _OUT_PEAK)]

    def lower_peak(self, month: int, largest: int, *, inbound: bool) -> None:
        """The month's largest day is gone: `largest` is the next."""
        at = self._find(month)
        if at >= 0:
            self.cells[at + (_IN_PEAK if inbound else _OUT_PEAK)] = largest

    def peaks_before(self, month: int, *, inbound: bool) -> list[float]:
        """The largest days of the earlier months that had any in that direction."""
        column, value = _IN_PEAK if inbound else _OUT_PEAK, _VALUES
        peaks = [value[row[column]] for row in _CLOSED.iter_unpack(self.closed) if row[column]]
        cells, width = self.cells, _WIDTH
        peaks += [
            cells[at + column]
            for at in range(0, len(cells), width)
            if cells[at] < month and cells[at + column]
        ]
        return peaks

    def cash_shares_before(self, month: int) -> list[float]:
        """Cash as a share of what moved, in each earlier month."""
        value = _VALUES
        shares = [
            value[row[_CASH]] / (value[row[2]] + value[row[4]])
            for row in _CLOSED.iter_unpack(self.closed)
            if row[0] < month and value[row[2]] + value[row[4]]
        ]
        cells, width = self.cells, _WIDTH
        shares += [
            cells[at + _CASH] / (cells[at + 2] + cells[at + 4])
            for at in range(0, len(cells), width)
            if cells[at] < month and cells[at + 2] + cells[at + 4]
        ]
        return shares

    @property
    def moved_sum(self) -> float:
        """What moved in all months, both directions."""
        return sum(one.in_sum + one.out_sum for one in self.each())

    @property
    def novel_sum(self) -> float:
        """What of it went to or came from counterparties that were new then."""
        return sum(one.novel_sum for one in self.each())

    def _find(self, month: int) -> int:
        """Where the row of that month begins, or -1."""
        cells = self.cells
        at = len(cells) - _WIDTH
        while at >= 0 and cells[at] > month:
            at -= _WIDTH
        return at if at >= 0 and cells[at] == month else -1

    def _row(self, month: int) -> int:
        """Where the row of that month begins; a row of zeros is put in if there is none."""
        cells = self.cells
        at = len(cells) - _WIDTH
        while at >= 0 and cells[at] > month:
            at -= _WIDTH
        if at < 0 or cells[at] != month:
            at += _WIDTH
            cells[at:at] = (month, *(0,) * (_WIDTH - 1))
        return at


def _code(value: int) -> int:
    """Where the value stands on the logarithmic scale."""
    return round(math.log1p(value) * _STEPS)
