"""Institutions: hospitals, schools, offices. Large and irregular sums, always of the same kinds."""

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from agents.simulator import legs
from agents.simulator.chance import HEAVY, MILD, WIDE, around, how_many, mix
from agents.simulator.clock import OFFICE, second_of
from agents.simulator.names import company_name
from agents.simulator.parties import PAYROLL_ACCOUNT, SOCIAL_FUND, TREASURY, new_company
from agents.simulator.pen import Pen
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import Profile, declared, money, several, updates_of
from agents.simulator.weeks import Week


class Service(NamedTuple):
    """A kind of institution."""

    industry: str
    name: str
    turnover_minor: int
    grant_share: float
    fees_per_week: float
    orders_per_week: float


_SERVICES: Final = (
    Service("hospital", "医院", 1_500_000_000, 0.15, 14, 18),
    Service("education", "学院", 800_000_000, 0.6, 6, 9),
    Service("government", "管理局", 600_000_000, 0.9, 2, 10),
    Service("charity", "基金会", 100_000_000, 0.1, 9, 5),
)


@dataclass(slots=True)
class Institution(Profile):
    """An institution's habits."""

    service: Service
    grant_day: int
    payroll_day: int
    suppliers: tuple[int, ...]


def make_institution(plan: SimulationPlan, index: int) -> Institution:
    """The institution with that index."""
    rng = Random(mix(plan.seed, index, 1))
    service = rng.choice(_SERVICES)
    name = company_name(rng.getrandbits(40), service.name).removesuffix("有限公司")
    turnover = around(rng.random, service.turnover_minor, WIDE)
    record = declared(plan, rng, index, "institution", name)
    record["industry"] = service.industry
    record["declared_monthly_turnover"] = money(turnover * rng.uniform(0.8, 1.2))
    record["expected_monthly_volume"] = money(turnover * 2)
    record["expected_cash_share"] = 0.0
    institution = Institution(
        index=index,
        kind="institution",
        name=name,
        scale_minor=turnover,
        record=record,
        friends=several(rng, 8, 25, new_company),
        service=service,
        grant_day=rng.randint(3, 25),
        payroll_day=rng.choice((8, 10, 15, 18)),
        suppliers=several(rng, 10, 40, new_company),
    )
    institution.updates = updates_of(plan, index, record)
    return institution


def write_institution_week(institution: Institution, week: Week, rng: Random, pen: Pen) -> None:
    """One week of its postings; `rng` is this institution's and week's own."""
    if not week.working:
        return
    random, service, turnover = rng.random, institution.service, institution.scale_minor

    def on_day(day: int | None, leg: legs.Leg, party: int, amount_minor: float) -> None:
        if day is not None:
            pen.post(day, second_of(random, OFFICE), leg, party, around(random, amount_minor, MILD))

    on_day(week.paid_after.get(institution.grant_day), legs.GRANT, TREASURY, turnover * service.grant_share)
    on_day(week.paid_before.get(institution.payroll_day), legs.PAYROLL, PAYROLL_ACCOUNT, turnover * 0.4)
    on_day(week.paid_after.get(institution.payroll_day), legs.SOCIAL, SOCIAL_FUND, turnover * 0.1)
    fee = turnover * (1 - service.grant_share) / service.fees_per_week / 4.3 * 0.6
    order = turnover * 0.45 / service.orders_per_week / 4.3 * 0.6
    for per_week, leg, parties, median in (
        (service.fees_per_week, legs.FEES, institution.friends, fee),
        (service.orders_per_week, legs.PROCUREMENT, institution.suppliers, order),
    ):
        for _ in range(how_many(random, per_week * week.work)):
            party = parties[int(random() ** 1.5 * len(parties))]
            on_day(rng.choice(week.working), leg, party, around(random, median, HEAVY))
