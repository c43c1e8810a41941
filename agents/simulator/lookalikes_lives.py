"""More normal behaviour that resembles what is planted: turns that a life takes, and habits that were always so."""

from typing import Final

from agents.simulator import legs
from agents.simulator.chance import HEAVY, MILD, around, rounded
from agents.simulator.clock import BRANCH, NIGHT_RUN, OFFICE, second_of
from agents.simulator.companies import Company
from agents.simulator.holidays import is_working
from agents.simulator.parties import (
    FUND_HOUSE,
    NOBODY,
    SHOPS_ABROAD,
    TAX_OFFICE,
    new_company,
    new_person,
)
from agents.simulator.pen import DAY_S
from agents.simulator.people import Person
from agents.simulator.planted_groups import connect
from agents.simulator.profiles import money
from agents.simulator.scene import Scene

_RELATIVES: Final = 2


def foreign_holiday(scene: Scene) -> None:
    """A week abroad, paid by card: hotel, meals, presents."""
    rng, person = scene.rng, scene.customer
    country = rng.choice(list(SHOPS_ABROAD))
    usual = person.purchase_minor if isinstance(person, Person) else scene.usual_day_minor
    for day in range(scene.start, min(scene.start + rng.randint(5, 9), scene.plan.days)):
        for _ in range(rng.randint(1, 4)):
            amount = around(rng.random, usual * 1.5, HEAVY)
            scene.transfer(day, legs.ABROAD[country], rng.choice(SHOPS_ABROAD[country]), amount)


def house_purchase(scene: Scene) -> None:
    """A flat's first instalment, some years' savings, which were taken out of a fund in the days before."""
    rng = scene.rng
    amount = rounded(scene.customer.scale_minor * rng.uniform(15, 40), 10_000)
    first, *_, last = scene.working_days(6)
    scene.transfer(first, legs.REDEEMED, FUND_HOUSE, amount * rng.uniform(1, 1.05))
    scene.transfer(last, legs.FLAT, new_company(rng), amount)


def start_up(scene: Scene) -> None:
    """A firm's first month: the founders pay the capital in, and desks and machines are bought with it."""
    rng, firm = scene.rng, scene.customer
    capital = rounded(min(60_000_000, firm.scale_minor * rng.uniform(0.5, 1.5)), 10_000)
    firm.rewrite(registered_capital=money(capital))
    days = scene.working_days(15)
    founders = rng.randint(1, 3)
    for _ in range(founders):
        scene.transfer(days[0], legs.CAPITAL, new_person(rng), capital / founders)
    for _ in range(rng.randint(4, 8)):
        amount = capital * rng.uniform(0.03, 0.09)
        scene.transfer(rng.choice(days[1:]), legs.SUPPLIER, new_company(rng), amount)


def payday(scene: Scene) -> None:
    """Each month on its day a firm pays each of its people, always the same ones."""
    rng, firm, plan = scene.rng, scene.customer, scene.plan
    staff = [(new_person(rng), around(rng.random, 700_000, MILD)) for _ in range(rng.randint(8, 20))]
    on = firm.payroll_day if isinstance(firm, Company) else 10
    for due in (day for day in range(plan.days) if plan.date_of(day).day == on):
        day = due
        while not is_working(plan.date_of(day)):
            day -= 1
        for person, wage in staff if day >= 0 else ():
            scene.transfer(day, legs.WAGE, person, wage * rng.uniform(0.97, 1.05))


def weekly_rent(scene: Scene) -> None:
    """A room paid for by the week, always the same sum to the same landlord."""
    rng = scene.rng
    landlord, rent = new_person(rng), rounded(scene.customer.scale_minor * rng.uniform(0.04, 0.07), 10)
    for day in range(rng.randrange(7), scene.plan.days, 7):
        scene.transfer(day, legs.RENT, landlord, rent)


def family_wedding(scene: Scene) -> None:
    """Relatives and friends put money together for a wedding: round sums, most from people one knows anyway."""
    rng = scene.rng
    guests = [*scene.customer.friends[:4], *(new_person(rng) for _ in range(_RELATIVES))]
    for guest in rng.sample(guests, min(len(guests), rng.randint(3, 6))):
        day = min(scene.start + rng.randrange(10), scene.plan.days - 1)
        scene.transfer(day, legs.GIFT, guest, 100 * rng.choice((1_000, 2_000, 2_000, 3_000, 5_000, 8_800)))


def tax_refund(scene: Scene) -> None:
    """The tax office pays back what was too much."""
    rng = scene.rng
    amount = scene.customer.scale_minor * rng.uniform(0.1, 0.8)
    scene.transfer(scene.some_working_days(1, 10)[0], legs.TAX_REFUND, TAX_OFFICE, amount)


def cash_shop(scene: Scene) -> None:
    """A shop that was always paid in notes, brings them in every working day, and said so when it opened the account."""
    rng, shop = scene.rng, scene.customer
    monthly = shop.scale_minor * rng.uniform(0.35, 0.7)
    volume = float(str(shop.record["expected_monthly_volume"])) * 100
    cash = float(str(shop.record["expected_cash_share"])) * volume + monthly
    shop.rewrite(
        expected_monthly_volume=money(volume + monthly),
        expected_cash_share=round(cash / (volume + monthly), 2),
        declared_monthly_turnover=money(shop.scale_minor + monthly),
    )
    for day in scene.working_days(scene.plan.days):
        amount = rounded(scene.heavy(monthly / 21, 0.3), 10)
        scene.pen.post(day, second_of(rng.random, BRANCH), legs.TAKINGS, NOBODY, amount)


def night_shift(scene: Scene) -> None:
    """Somebody who works at night, and buys and pays then, every week."""
    rng, person = scene.rng, scene.customer
    if not isinstance(person, Person):
        raise TypeError("only a person has shops to go to")
    for day in range(scene.plan.days):
        if rng.random() < 0.5:  # noqa: PLR2004 - every other night
            amount = around(rng.random, person.purchase_minor, HEAVY)
            shop = rng.choice(person.shops[:4])
            scene.pen.post(day, second_of(rng.random, NIGHT_RUN), legs.PURCHASE, shop, amount)


def group_treasury(scene: Scene) -> None:
    """Daughters send what they have over to the parent every week, and have their wages from it every month."""
    rng, plan = scene.rng, scene.plan
    connect(scene)
    parent, *daughters = scene.members
    for daughter in daughters:
        weekly, weekday = daughter.customer.scale_minor * rng.uniform(0.03, 0.08), rng.randrange(5)
        wages = weekly * rng.uniform(2, 3)
        for day in filter(lambda day: is_working(plan.date_of(day)), range(plan.days)):
            second = day * DAY_S + second_of(rng.random, OFFICE)
            if day % 7 == weekday:
                daughter.pay(parent, second, scene.heavy(weekly, 0.2))
            elif day % 30 == weekday + 2:
                parent.pay(daughter, second, scene.heavy(wages, 0.1))
