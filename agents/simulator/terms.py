"""A person's jobs and homes: monthly money with one party, until life changes."""

from random import Random
from typing import Final, NamedTuple

from agents.simulator.chance import rounded
from agents.simulator.parties import LENDER, PENSION_FUND, new_company, new_person, own_customer
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import GROUP, PERSONS_IN_GROUP

_YEAR_DAYS: Final = 365
_JOB_CHANGES_A_YEAR: Final = 0.15
_MOVES_A_YEAR: Final = 0.12
_START: Final = -10_000
"""A day before any other: the terms that hold from the beginning."""


class Terms(NamedTuple):
    """Money that moves monthly with one party: a job, or a home."""

    since_day: int
    party: int
    amount_minor: int


def at_day(terms: tuple[Terms, ...], day: int) -> Terms:
    """The terms that hold on a day."""
    return terms[-1] if day >= terms[-1].since_day else terms[0]


def _changes(rng: Random, days: int, per_year: float) -> int | None:
    return rng.randrange(days) if rng.random() < per_year * days / _YEAR_DAYS else None


def jobs_of(plan: SimulationPlan, rng: Random, index: int, segment: str, income: int) -> tuple[Terms, ...]:
    """Whom the income comes from: for one wage-earner in seven somebody else from a day of the first year on."""
    if segment == "retired":
        return (Terms(_START, PENSION_FUND, income),)
    if segment != "salaried":
        return (Terms(_START, new_person(rng) if segment == "student" else new_company(rng), income),)
    employer = new_company(rng)
    local = index - index % GROUP + rng.randrange(PERSONS_IN_GROUP, GROUP)
    if rng.random() < 0.3 and local < plan.customers:  # noqa: PLR2004 - works for a customer of the same bank
        employer = own_customer(local)
    first = Terms(_START, employer, income)
    changed, raised, other = _changes(rng, 365, _JOB_CHANGES_A_YEAR), rng.uniform(0.8, 1.5), new_company(rng)
    return (first,) if changed is None else (first, Terms(changed, other, int(income * raised)))


def homes_of(rng: Random, income: int, owns: bool) -> tuple[Terms, ...]:
    """To whom the rent goes, until the person moves; or the flat's loan."""
    cost = rounded(income * rng.uniform(0.15, 0.35), 50)
    first = Terms(_START, LENDER if owns else new_person(rng), cost)
    moved, landlord, other = (
        _changes(rng, 365, _MOVES_A_YEAR),
        new_person(rng),
        rounded(cost * rng.uniform(0.8, 1.4), 50),
    )
    return (first,) if owns or moved is None else (first, Terms(moved, landlord, other))
