"""The simulation's unit of work: seven days, with what is due in them and how busy they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from agents.simulator.holidays import holidays_of, is_working
from agents.simulator.plan import SimulationPlan

DAYS: Final = 7
_BY_WEEKDAY: Final = (10, 10, 10, 10, 12, 16, 14)
_USUAL_WEEK: Final = sum(_BY_WEEKDAY)
_RUSH_DAYS: Final = 12
_FESTIVAL_DAYS: Final = 6
_LONGEST_REST: Final = 12


@dataclass(slots=True)
class Week:
    """Days `7 * index` to `7 * index + 6`, counted from the plan's start. Whole even where the plan ends within it."""

    index: int
    days: range
    dates: dict[int, date]
    working: list[int]
    """Days on which offices work, in order: often none in the Spring Festival's week."""
    paid_before: dict[int, int] = field(default_factory=dict)
    """Day of month to the day, where what falls on a rest day is paid on the working day before it: wages."""
    paid_after: dict[int, int] = field(default_factory=dict)
    """The same, paid on the next working day: rent, bills, taxes."""
    shopping: list[int] = field(default_factory=list)
    """The days, each as often as its share of the shopping: an even draw from it is a weighted one."""
    rush: float = 1.0
    """How much is bought this week; 1 in a week without holidays."""
    work: float = 1.0
    """Working days over 5."""
    festive: bool = False
    """Whether the Spring Festival's eve is in it, when families send each other money."""


def shopping_weight(day: date) -> int:
    """How much shopping a day sees: 10 on a Monday."""
    weight = _BY_WEEKDAY[day.weekday()]
    year = holidays_of(day.year)
    to_festival = (year.spring_festival - day).days
    if 0 < to_festival <= _RUSH_DAYS:
        return weight * 3 // 2
    if -_FESTIVAL_DAYS < to_festival <= 0:
        return 8  # many shops are closed
    return 17 if day in year.rest else weight


def _nearest_working(plan: SimulationPlan, day: int, step: int) -> int:
    while not is_working(plan.date_of(day)):
        day += step
    return day


def weeks_of(plan: SimulationPlan) -> Iterator[Week]:
    """The weeks that the plan touches, in order."""
    for index in range(-(-plan.days // DAYS)):
        days = range(index * DAYS, (index + 1) * DAYS)
        dates = {day: plan.date_of(day) for day in days}
        week = Week(index, days, dates, [day for day in days if is_working(dates[day])])
        for nominal in range(days.start - _LONGEST_REST, days.stop + _LONGEST_REST):
            day_of_month = plan.date_of(nominal).day
            if (paid := _nearest_working(plan, nominal, -1)) in days:
                week.paid_before[day_of_month] = paid
            if (paid := _nearest_working(plan, nominal, 1)) in days:
                week.paid_after[day_of_month] = paid
        week.shopping = [day for day in days for _ in range(shopping_weight(dates[day]))]
        week.rush = len(week.shopping) / _USUAL_WEEK
        week.work = len(week.working) / 5
        week.festive = any((holidays_of(d.year).spring_festival - d).days == 1 for d in dates.values())
        yield week
