"""How many alerts there are to work, by day.

Business dates are calendar dates; people work on working days. What falls on a day off waits for the next working day,
so the first one after a long holiday is often the busiest.
"""

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from statistics import mean, median
from typing import NamedTuple

from agents.backtest.replayed import Key
from monitor.calendar import BankCalendar

_LONGEST_WAIT_DAYS = 31
"""A calendar without working days cannot make anything wait for ever."""


class DayLine(NamedTuple):
    """One business date (a day number) and its alerts by A, by B, by B alone, by A alone."""

    day: int
    a: int
    b: int
    gained: int
    lost: int


@dataclass(frozen=True)
class Load:
    """Alerts to work per working day of a period. Of an empty one, all is zero."""

    working_days: int
    mean: float
    median: float
    p95: int
    busiest: int
    busiest_day: int | None
    """The day number of the first such day."""


def period_of(days: Collection[Key], alerts: Collection[Key]) -> range:
    """The day numbers from the first alert to the last business date: what was before is warming up, not a quiet time."""
    if not alerts:
        return range(0)
    return range(min(day for _, day in alerts), max(day for _, day in days) + 1)


def load_of(alerts: Collection[Key], period: range, calendar: BankCalendar) -> Load:
    """The load that `alerts` are, all of them in the period."""
    if not period:
        return Load(0, 0.0, 0.0, 0, 0, None)
    worked_on = {day: _worked_on(day, calendar) for day in period}
    per_day = Counter(dict.fromkeys(worked_on.values(), 0))
    per_day.update(worked_on[day] for _, day in alerts)
    counts = sorted(per_day.values())
    busiest = min(per_day, key=lambda day: (-per_day[day], day))
    return Load(
        len(counts),
        mean(counts),
        float(median(counts)),
        counts[math.ceil(0.95 * len(counts)) - 1],
        per_day[busiest],
        busiest,
    )


def day_lines(a: Collection[Key], b: Collection[Key], period: range) -> list[DayLine]:
    """Every business date of the period, those without alerts too."""
    mine, theirs = Counter(day for _, day in a), Counter(day for _, day in b)
    gained = Counter(key[1] for key in b if key not in a)
    lost = Counter(key[1] for key in a if key not in b)
    return [DayLine(day, mine[day], theirs[day], gained[day], lost[day]) for day in period]


def _worked_on(day: int, calendar: BankCalendar) -> int:
    for later in range(day, day + _LONGEST_WAIT_DAYS):
        if calendar.is_working_day(later):
            return later
    return day
