"""Business dates and working days in the bank's time zone.

A business date is the calendar date in the bank's time zone, kept as the number of days since 1970-01-01 (`day`).
A working day is a weekday that is no holiday, or a weekend day that is worked (as around Chinese holidays).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_QUARTER_HOUR_S: Final = 900
DAY_S: Final = 86_400
HOUR_S: Final = 3_600
_SATURDAY: Final = 5
_LONGEST_BREAK_DAYS: Final = 31


def day_of(when: date) -> int:
    """The day number of a date.

    >>> day_of(date(1970, 1, 2))
    1
    """
    return when.toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def month_of(day: int) -> int:
    """The month of a day number, counted from year 0: 2026-03 is 24314."""
    when = date.fromordinal(day + _EPOCH_ORDINAL)
    return when.year * 12 + when.month - 1


class _Months(dict[int, int]):
    """The month of each day that was asked for."""

    def __missing__(self, day: int) -> int:
        month = self[day] = month_of(day)
        return month


class BankCalendar:
    """One bank's time zone, holidays and worked weekends. Lookups are remembered: they are on every posting's way."""

    def __init__(
        self, timezone: str, holidays: Iterable[date] = (), worked_weekends: Iterable[date] = ()
    ) -> None:
        self.timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._holidays = frozenset(day_of(d) for d in holidays)
        self._worked = frozenset(day_of(d) for d in worked_weekends)
        self._offsets_s: dict[int, int] = {}
        self._starts: dict[tuple[int, int], int] = {}
        self.months = _Months()
        """`month_of` each day, remembered."""
        self._month_starts: dict[int, int] = {}

    def local_s(self, at_s: int) -> int:
        """Seconds since 1970-01-01T00:00 of the wall clock in the bank's time zone, for an instant in epoch seconds."""
        quarter = at_s // _QUARTER_HOUR_S  # no zone in use changes its offset but on a quarter of an hour
        offset_s = self._offsets_s.get(quarter)
        if offset_s is None:
            if len(self._offsets_s) > 100_000:  # noqa: PLR2004 - a bound on memory: three years of quarters
                self._offsets_s.clear()
            there = datetime.fromtimestamp(quarter * _QUARTER_HOUR_S, UTC).astimezone(self._zone)
            offset_s = int((there.utcoffset() or timedelta()).total_seconds())
            self._offsets_s[quarter] = offset_s
        return at_s + offset_s

    def day(self, at_s: int) -> int:
        """The business date of an instant in epoch seconds."""
        return self.local_s(at_s) // DAY_S

    def month_start(self, month: int) -> int:
        """The first day of a month counted as `month_of` counts them, remembered."""
        start = self._month_starts.get(month)
        if start is None:
            start = self._month_starts[month] = day_of(date(month // 12, month % 12 + 1, 1))
        return start

    def is_working_day(self, day: int) -> bool:
        """Whether the bank's country works on that day."""
        if day in self._worked:
            return True
        return (day + 3) % 7 < _SATURDAY and day not in self._holidays  # 1970-01-01 was a Thursday

    def start_of_window(self, day: int, working_days: int) -> int:
        """First day of the window that ends with `day` and holds `working_days` working days (`day` is always in it).

        At most a month longer than the working days, so that a wrong calendar cannot make it endless.
        """
        key = (day, working_days)
        start = self._starts.get(key)
        if start is None:
            if len(self._starts) > 100_000:  # noqa: PLR2004 - a bound on memory
                self._starts.clear()
            start, seen = day, int(self.is_working_day(day))
            while seen < working_days and day - start < working_days + _LONGEST_BREAK_DAYS:
                start -= 1
                seen += self.is_working_day(start)
            self._starts[key] = start
        return start
