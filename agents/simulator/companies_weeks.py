"""One week of a company's postings."""

from random import Random
from typing import Final

from agents.simulator import legs
from agents.simulator.chance import MILD, WIDE, around, how_many, rounded
from agents.simulator.clock import AWAKE, BRANCH, OFFICE, second_of
from agents.simulator.companies import FAVOUR, Company
from agents.simulator.links import write_trade
from agents.simulator.parties import (
    ACQUIRER,
    LENDER,
    NOBODY,
    PAYROLL_ACCOUNT,
    POWER,
    SHOPS,
    SOCIAL_FUND,
    TAX_OFFICE,
)
from agents.simulator.pen import Pen
from agents.simulator.weeks import Week, shopping_weight

_QUARTER_STARTS: Final = (1, 4, 7, 10)
_QUARTER_ENDS: Final = (3, 6, 9, 12)
_INTEREST_DAY: Final = 21
_CHEQUE_SHARE: Final = 0.04
_SOCIAL_SHARE: Final = 0.3


def write_company_week(company: Company, week: Week, rng: Random, pen: Pen) -> None:
    """All of it; `rng` is this company's and week's own."""
    if company.trade.is_shop:
        _till(company, week, rng, pen)
    if week.working:
        _obligations(company, week, rng, pen)
        _suppliers(company, week, rng, pen)
        _clients(company, week, rng, pen)
        for link in company.trades:  # last: they draw from the links' streams
            write_trade(link, company.index, week, rng, pen)


def _till(company: Company, week: Week, rng: Random, pen: Pen) -> None:
    """What was paid by card or code, settled the same night, and cash brought to the branch or the machine."""
    random = rng.random
    for day in week.days:
        takings = company.settlement_minor * shopping_weight(week.dates[day]) / 12
        pen.post(
            day, 79_200 + int(random() * 5_400), legs.SETTLEMENT, ACQUIRER, around(random, takings, MILD)
        )
    for _ in range(how_many(random, company.deposits_per_week * week.rush)):
        amount = rounded(around(random, company.deposit_minor * (0.5 + week.rush / 2), WIDE), 10)
        if week.working and random() < 0.6:  # noqa: PLR2004 - the rest use the machine, on any day
            pen.post(rng.choice(week.working), second_of(random, BRANCH), legs.TAKINGS, NOBODY, amount)
        else:
            pen.post(rng.choice(week.days), second_of(random, AWAKE), legs.CASH_IN, NOBODY, amount)


def _obligations(company: Company, week: Week, rng: Random, pen: Pen) -> None:
    random = rng.random

    def pay(day: int | None, leg: legs.Leg, party: int, amount_minor: float) -> None:
        if day is not None:
            pen.post(day, second_of(random, OFFICE), leg, party, around(random, amount_minor, MILD))

    pay(week.paid_before.get(company.payroll_day), legs.PAYROLL, PAYROLL_ACCOUNT, company.payroll_minor)
    pay(
        week.paid_after.get(company.payroll_day),
        legs.SOCIAL,
        SOCIAL_FUND,
        company.payroll_minor * _SOCIAL_SHARE,
    )
    day = week.paid_after.get(company.rent_day)
    if day is not None:
        pen.post(day, second_of(random, OFFICE), legs.OFFICE_RENT, company.landlord, company.rent_minor)
    pay(week.paid_after.get(company.rent_day), legs.BILL, POWER, company.rent_minor * 0.2)
    day = week.paid_before.get(company.tax_day)
    if day is not None:
        quarterly = 3 if week.dates[day].month in _QUARTER_STARTS else 1
        pay(day, legs.TAX, TAX_OFFICE, company.tax_minor * quarterly)
    day = week.paid_after.get(_INTEREST_DAY)
    if company.interest_minor and day is not None and week.dates[day].month in _QUARTER_ENDS:
        pay(day, legs.INTEREST, LENDER, company.interest_minor)


def _suppliers(company: Company, week: Week, rng: Random, pen: Pen) -> None:
    random = rng.random
    for supplier in company.suppliers:
        if supplier.weekly:
            day = week.working[min(supplier.place, len(week.working) - 1)]
        elif (due := week.paid_after.get(supplier.place)) is not None:
            day = due
        else:
            continue
        if company.drift_day is None or day < company.drift_day:
            amount = around(random, supplier.amount_minor, MILD)
            pen.post(day, second_of(random, OFFICE), legs.SUPPLIER, supplier.party, amount)
    for _ in range(how_many(random, company.expenses_per_week * week.work)):
        shop = SHOPS[(company.index * 31 + int(random() ** 3 * 40)) % len(SHOPS)]
        amount = around(random, 30_000 + company.scale_minor * 0.0002, WIDE)
        pen.post(rng.choice(week.working), second_of(random, OFFICE), legs.EXPENSE, shop, amount)


def _clients(company: Company, week: Week, rng: Random, pen: Pen) -> None:
    random, clients = rng.random, company.friends
    last = week.dates[week.working[-1]]
    closing = 1.5 if last.month in _QUARTER_ENDS and last.day > 21 else 1.0  # noqa: PLR2004 - books are closed
    for _ in range(how_many(random, company.invoices_per_week * week.work * closing) if clients else 0):
        day = rng.choice(week.working)
        place = int(random() ** FAVOUR * len(clients))
        if company.drift_day is not None and day >= company.drift_day:
            continue
        leg = legs.CHEQUE if random() < _CHEQUE_SHARE else legs.CLIENT
        amount = around(random, company.client_minor[place], WIDE)
        pen.post(day, second_of(random, OFFICE), leg, clients[place], amount)
    if not company.trade.is_shop:
        for _ in range(how_many(random, company.deposits_per_week * week.work)):
            amount = rounded(around(random, company.deposit_minor, WIDE), 10)
            pen.post(rng.choice(week.working), second_of(random, BRANCH), legs.TAKINGS, NOBODY, amount)
