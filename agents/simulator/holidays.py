"""Chinese public holidays: when offices rest, and which weekends are worked in exchange.

2024 to 2026 are the State Council's published arrangements. Other years have the statutory days and a week from New
Year's Eve of the lunar calendar, without exchanged weekends: good enough for a simulated bank, not for a real one.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple

_SPRING_FESTIVAL: Final = {
    date(*day).year: date(*day)
    for day in (
        *(
            (2019, 2, 5),
            (2020, 1, 25),
            (2021, 2, 12),
            (2022, 2, 1),
            (2023, 1, 22),
            (2024, 2, 10),
            (2025, 1, 29),
        ),
        *(
            (2026, 2, 17),
            (2027, 2, 6),
            (2028, 1, 26),
            (2029, 2, 13),
            (2030, 2, 3),
            (2031, 1, 23),
            (2032, 2, 11),
        ),
        *((2033, 1, 31), (2034, 2, 19), (2035, 2, 8), (2036, 1, 28)),
    )
}
FIRST_YEAR: Final = min(_SPRING_FESTIVAL)
LAST_YEAR: Final = max(_SPRING_FESTIVAL)


class Year(NamedTuple):
    """One year's arrangement."""

    rest: frozenset[date]
    worked_weekends: frozenset[date]
    spring_festival: date


def _span(year: int, first: tuple[int, int], days: int) -> set[date]:
    start = date(year, *first)
    return {start + timedelta(day) for day in range(days)}


# (month, day), days of rest; then the weekend days worked in exchange.
_PUBLISHED: Final[dict[int, tuple[tuple[tuple[tuple[int, int], int], ...], tuple[tuple[int, int], ...]]]] = {
    2024: (
        (((1, 1), 1), ((2, 10), 8), ((4, 4), 3), ((5, 1), 5), ((6, 10), 1), ((9, 15), 3), ((10, 1), 7)),
        ((2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)),
    ),
    2025: (
        (((1, 1), 1), ((1, 28), 8), ((4, 4), 3), ((5, 1), 5), ((5, 31), 3), ((10, 1), 8)),
        ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    ),
    2026: (
        (((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)),
        ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    ),
}


@cache
def holidays_of(year: int) -> Year:
    """The arrangement of a year from `FIRST_YEAR` to `LAST_YEAR`; raises KeyError outside."""
    festival = _SPRING_FESTIVAL[year]
    if year in _PUBLISHED:
        spans, worked = _PUBLISHED[year]
        rest = {day for first, days in spans for day in _span(year, first, days)}
        return Year(frozenset(rest), frozenset(date(year, *day) for day in worked), festival)
    eve = festival - timedelta(1)
    rest = _span(year, (1, 1), 1) | _span(year, (eve.month, eve.day), 7) | _span(year, (4, 5), 1)
    rest |= _span(year, (5, 1), 5) | _span(year, (10, 1), 7)
    return Year(frozenset(rest), frozenset(), festival)


def is_working(day: date) -> bool:
    """Whether offices, and so companies' payments, work on that day.

    >>> is_working(date(2026, 2, 17)), is_working(date(2026, 2, 28))
    (False, True)
    """
    year = holidays_of(day.year)
    return day in year.worked_weekends or (day.weekday() < 5 and day not in year.rest)  # noqa: PLR2004 - Saturday
