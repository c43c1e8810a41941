"""Thirteen months: what moved, the largest days, how much was cash and how much went to new counterparties.

Exact; about 29 bytes a month. After a reversal on a month's largest day, the largest is that of the dates that still have
tiles.
"""

from typing import ClassVar

from monitor.stats.rows import Rows

_IN_PEAK, _OUT_PEAK, _CASH, _NOVEL = 5, 6, 7, 8


class Months(Rows, array_like=True):
    """Rows of month, in_count, in_sum, out_count, out_sum, in_peak, out_peak, cash_sum, novel_sum; sums in minor units."""

    width: ClassVar[int] = 9

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
        at = self.find(month) if count < 0 else self.row(month)
        if at < 0:
            return
        cells = self.cells
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
            del cells[at : at + self.width]

    def peak(self, month: int, *, inbound: bool) -> int:
        """The largest sum of a day of that month, in one direction."""
        at = self.find(month)
        return 0 if at < 0 else self.cells[at + (_IN_PEAK if inbound else _OUT_PEAK)]

    def lower_peak(self, month: int, largest: int, *, inbound: bool) -> None:
        """The month's largest day is gone: `largest` is the next."""
        at = self.find(month)
        if at >= 0:
            self.cells[at + (_IN_PEAK if inbound else _OUT_PEAK)] = largest

    def peaks_before(self, month: int, *, inbound: bool) -> list[float]:
        """The largest days of the earlier months that had any in that direction."""
        cells = self.cells
        peaks = zip(
            cells[:: self.width], cells[_IN_PEAK if inbound else _OUT_PEAK :: self.width], strict=True
        )
        return [peak for earlier, peak in peaks if earlier < month and peak]

    def cash_shares_before(self, month: int) -> list[float]:
        """Cash as a share of what moved, in each earlier month."""
        cells, width = self.cells, self.width
        return [
            cells[at + _CASH] / (cells[at + 2] + cells[at + 4])
            for at in range(0, len(cells), width)
            if cells[at] < month and cells[at + 2] + cells[at + 4]
        ]

    @property
    def moved_sum(self) -> int:
        """What moved in all months, both directions."""
        return sum(self.cells[2 :: self.width]) + sum(self.cells[4 :: self.width])

    @property
    def novel_sum(self) -> int:
        """What of it went to or came from counterparties that were new then."""
        return sum(self.cells[_NOVEL :: self.width])
