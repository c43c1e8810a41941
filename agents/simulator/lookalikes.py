"""Normal behaviour that resembles what is planted, and has to stay quiet."""

from typing import Final

from agents.simulator import legs
from agents.simulator.chance import HEAVY, around
from agents.simulator.companies import Company
from agents.simulator.holidays import holidays_of, is_working
from agents.simulator.parties import INSURERS, SCHOOLS, new_company
from agents.simulator.people import Person
from agents.simulator.plan import SimulationPlan
from agents.simulator.scene import Scene
from agents.simulator.terms import at_day

_RUSH_DAYS: Final = 7
_QUARTER_ENDS: Final = (3, 6, 9, 12)
_CLOSING_FROM: Final = 25


def _holiday(plan: SimulationPlan, first: int) -> int:
    """The first day of the first holiday of three days or more from `first` on; `first` + 14 if there is none."""
    for day in range(first, plan.days - 2):
        if all(plan.date_of(day + ahead) in holidays_of(plan.date_of(day).year).rest for ahead in range(3)):
            return day
    return min(first + 14, plan.days - 1)


def bonus_month(scene: Scene) -> None:
    """The employer pays the yearly bonus: two to four months' wages, between 20 days before and at the festival."""
    rng, person = scene.rng, scene.customer
    holiday = _holiday(scene.plan, scene.start)
    day = max(scene.start, holiday - rng.randint(3, 12))
    while not is_working(scene.plan.date_of(day)) and day > 0:
        day -= 1
    if isinstance(person, Person):
        job = at_day(person.jobs, day)
        scene.transfer(day, legs.BONUS, job.party, job.amount_minor * rng.uniform(1.8, 4))


def holiday_shopping(scene: Scene) -> None:
    """The week before a holiday: twice to thrice the usual purchases, some of them presents."""
    rng, person = scene.rng, scene.customer
    holiday = _holiday(scene.plan, scene.start)
    if isinstance(person, Person):
        for _ in range(rng.randint(6, 12)):
            day = max(0, holiday - rng.randint(1, _RUSH_DAYS))
            amount = around(rng.random, person.purchase_minor * 1.8, HEAVY)
            scene.transfer(day, legs.PURCHASE, rng.choice(person.shops), amount)


def new_regular_supplier(scene: Scene) -> None:
    """One new supplier, paid every week on the same weekday, no larger than the others."""
    rng, company = scene.rng, scene.customer
    supplier = new_company(rng)
    amount = company.scale_minor * rng.uniform(0.02, 0.06)
    if isinstance(company, Company):
        amount = sorted(s.amount_minor for s in company.suppliers)[len(company.suppliers) // 2]
    first = scene.working_days(1)[0]
    for day in range(first, scene.plan.days, 7):
        paid = next((d for d in range(day, scene.plan.days) if is_working(scene.plan.date_of(d))), None)
        if paid is not None and paid - day < 3:  # noqa: PLR2004 - otherwise it is left to the next week
            scene.transfer(paid, legs.SUPPLIER, supplier, scene.heavy(amount, 0.15))


def quarter_end(scene: Scene) -> None:
    """Clients settle before the books are closed: some invoices more in the quarter's (or a month's) last days."""
    rng, plan, company = scene.rng, scene.plan, scene.customer
    dates = {day: plan.date_of(day) for day in range(scene.start, plan.days)}
    closing = [day for day, at in dates.items() if at.day >= _CLOSING_FROM and is_working(at)]
    quarterly = [day for day in closing if dates[day].month in _QUARTER_ENDS]
    days = quarterly or closing or scene.working_days(5)
    usual = company.invoice_minor if isinstance(company, Company) else int(scene.usual_day_minor)
    for _ in range(rng.randint(3, 5)):
        scene.transfer(rng.choice(days[:5]), legs.CLIENT, scene.friend(), scene.heavy(usual * 1.3, 0.3))


def annual_insurance(scene: Scene) -> None:
    """The yearly premium, one to three months' income, to an insurer."""
    rng = scene.rng
    amount = min(6_000_000, max(600_000, scene.customer.scale_minor * rng.uniform(0.8, 2.5)))
    scene.transfer(scene.some_working_days(1, 20)[0], legs.INSURANCE, rng.choice(INSURERS), amount)


def pre_holiday_cash(scene: Scene) -> None:
    """A shop's till before a holiday: takings brought in on each working day, up to twice the usual."""
    rng, company = scene.rng, scene.customer
    holiday = _holiday(scene.plan, scene.start)
    usual = company.deposit_minor if isinstance(company, Company) else scene.usual_day_minor * 0.2
    for day in range(max(0, holiday - _RUSH_DAYS), holiday):
        if is_working(scene.plan.date_of(day)):
            scene.cash(day, legs.TAKINGS, scene.heavy(usual * rng.uniform(1.1, 2), 0.2) / 100, 10)


def tuition(scene: Scene) -> None:
    """A term's fees to a school."""
    rng = scene.rng
    fees = (480_000, 600_000, 850_000, 1_200_000, 1_800_000, 2_600_000)
    amount = rng.choice([fee for fee in fees if fee < 3 * scene.customer.scale_minor] or fees[:1])
    scene.transfer(scene.some_working_days(1, 15)[0], legs.TUITION, rng.choice(SCHOOLS), amount)
