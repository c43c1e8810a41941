"""Persons: wages, rent, bills, a weekly rhythm of purchases, cash habits, family; and lives that change."""

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from agents.simulator import legs
from agents.simulator.chance import MILD, WIDE, around, mix, rounded
from agents.simulator.legs import Leg
from agents.simulator.links import Link, circle_of
from agents.simulator.names import person_name
from agents.simulator.parties import (
    ALIPAY,
    SHOPS,
    SHOPS_ABROAD,
    TRADING,
    WECHAT,
    abroad,
    new_person,
    own_customer,
)
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import (
    GROUP,
    PERSONS_IN_GROUP,
    Profile,
    declared,
    kind_of,
    money,
    several,
    updates_of,
)
from agents.simulator.terms import Terms, homes_of, jobs_of

_FRIEND_ABROAD_SHARE: Final = 0.03
_OUTGROWN_SHARE, _OUTGROWN = 0.04, 0.7
"""Some do half as much again as they said long ago."""
_WEEKS_A_MONTH: Final = 4.35


class Segment(NamedTuple):
    """A way of life."""

    name: str
    share: int
    income_minor: int
    income_leg: Leg
    occupations: tuple[str, ...]
    cash_out_per_week: float
    cash_in_per_week: float
    purchases_per_week: float


_SEGMENTS: Final = (
    Segment(
        "salaried", 64, 1_000_000, legs.SALARY, ("工程师", "教师", "职员", "销售", "护士"), 0.2, 0.02, 6.0
    ),
    Segment("retired", 14, 450_000, legs.PENSION, ("退休",), 0.8, 0.05, 3.0),
    Segment("student", 8, 250_000, legs.ALLOWANCE, ("学生",), 0.05, 0.01, 6.0),
    Segment(
        "self_employed", 14, 1_200_000, legs.EARNINGS, ("个体经营", "司机", "装修", "摊贩"), 0.6, 1.0, 5.0
    ),
)


@dataclass(slots=True)
class Person(Profile):
    """A person's habits."""

    segment: Segment
    pay_day: int
    jobs: tuple[Terms, ...]
    homes: tuple[Terms, ...]
    home_day: int
    home_leg: Leg
    bill_days: tuple[int, int, int]
    bill_minor: int
    purchases_per_week: float
    purchase_minor: int
    shops: tuple[int, ...]
    wallet_per_week: float
    wallet: int
    cash_out_per_week: float
    cash_out_minor: int
    cash_in_per_week: float
    cash_in_minor: int
    transfers_per_week: float
    saves_minor: int
    circle: tuple[Link, ...]
    trip: tuple[int, str] | None
    """The week abroad, and the country."""


def _shops(plan: SimulationPlan, rng: Random, index: int) -> tuple[int, ...]:
    chosen = [rng.choice(SHOPS) for _ in range(rng.randint(5, 18))]
    first = index - index % GROUP + PERSONS_IN_GROUP
    for local in (first, first + 1):
        if local < plan.customers and kind_of(local) == "company":
            chosen.insert(rng.randrange(4), own_customer(local))
    return tuple(chosen)


def make_person(plan: SimulationPlan, index: int) -> Person:
    """The person with that index."""
    rng = Random(mix(plan.seed, index, 1))
    segment = rng.choices(_SEGMENTS, [s.share for s in _SEGMENTS])[0]
    name = person_name(rng.getrandbits(40))
    income = around(rng.random, segment.income_minor, WIDE)
    record = declared(plan, rng, index, "person", name)
    record["occupation"] = rng.choice(segment.occupations)
    record["segment"] = segment.name
    if rng.random() < 0.9:  # noqa: PLR2004 - some records were never finished
        record["declared_monthly_income"] = money(income * rng.uniform(0.8, 1.15))
    owns = segment.name != "student" and rng.random() < 0.4  # noqa: PLR2004 - pays off a flat instead of rent
    likes_cash = rng.lognormvariate(0, 0.9)
    person = Person(
        index=index,
        kind="person",
        name=name,
        scale_minor=income,
        record=record,
        friends=several(rng, 3, 9, new_person),
        segment=segment,
        pay_day=rng.choice((5, 8, 10, 10, 12, 15, 15, 20, 25, 28)),
        jobs=jobs_of(plan, rng, index, segment.name, income),
        homes=homes_of(rng, income, owns),
        home_day=rng.randint(1, 28),
        home_leg=legs.MORTGAGE if owns else legs.RENT,
        bill_days=(rng.randint(1, 28), rng.randint(1, 28), rng.randint(1, 28)),
        bill_minor=around(rng.random, 12_000, MILD),
        purchases_per_week=segment.purchases_per_week * rng.lognormvariate(0, 0.4),
        purchase_minor=around(rng.random, 1_200 + income * 0.005, MILD),
        shops=_shops(plan, rng, index),
        wallet_per_week=rng.uniform(0.2, 3.0),
        wallet=rng.choice((ALIPAY, WECHAT)),
        cash_out_per_week=segment.cash_out_per_week * likes_cash,
        cash_out_minor=rounded(around(rng.random, 20_000 + income * 0.07, WIDE), 100),
        cash_in_per_week=segment.cash_in_per_week * likes_cash,
        cash_in_minor=around(rng.random, income * 0.2, WIDE),
        transfers_per_week=rng.uniform(0.2, 1.8),
        saves_minor=rounded(income * 0.1, 100) if rng.random() < 0.3 else 0,  # noqa: PLR2004 - who saves monthly
        circle=circle_of(plan, index),
        trip=(rng.randrange(52), rng.choice(list(SHOPS_ABROAD))) if rng.random() < 0.2 else None,  # noqa: PLR2004
    )
    _tell(plan, person)
    return person


def _tell(plan: SimulationPlan, person: Person) -> None:
    """What the person says at the counter of what to expect; and the friend abroad that a few have."""
    rng = Random(mix(plan.seed, person.index, 4))
    if rng.random() < _FRIEND_ABROAD_SHARE:
        person.friends = (*person.friends[:-1], abroad(person.friends[-1], rng.choice(TRADING)))
    cash, rest = _usual_month(person)
    if "declared_monthly_income" in person.record and (cash + rest) * 0.45 > person.scale_minor:
        # who spends more than the wage has other income, and said so
        person.record["declared_monthly_income"] = money((cash + rest) * 0.45 * rng.uniform(0.8, 1.15))
    told = rng.uniform(0.85, 1.3) * (_OUTGROWN if rng.random() < _OUTGROWN_SHARE else 1)
    person.record["expected_monthly_volume"] = money((cash + rest) * told)
    person.record["expected_cash_share"] = round(min(1.0, cash / (cash + rest) * rng.uniform(0.85, 1.3)), 2)
    changed = person.jobs[-1].since_day if len(person.jobs) > 1 else None
    person.updates = updates_of(plan, person.index, person.record, changed)


def _usual_month(person: Person) -> tuple[float, float]:
    """What moves in a month both ways, in cash and otherwise, by the habits."""
    income, purchase = person.scale_minor, person.purchase_minor
    cash = person.cash_out_per_week * person.cash_out_minor + person.cash_in_per_week * person.cash_in_minor
    weekly = person.purchases_per_week * purchase * 1.9 + person.wallet_per_week * purchase * 3.5
    weekly += person.transfers_per_week * (3_000 + income * 0.025) * 1.65
    weekly += sum(link.per_week * link.median_minor * 1.2 for link in person.circle)
    monthly = income + person.homes[0].amount_minor + 3 * person.bill_minor + person.saves_minor
    return cash * 1.2 * _WEEKS_A_MONTH, weekly * _WEEKS_A_MONTH + monthly
