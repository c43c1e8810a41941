"""What a planted behaviour has at hand: a customer, a day to begin, chance of its own, and a pen."""

from dataclasses import dataclass, replace
from random import Random
from typing import Self

from agents.simulator.chance import rounded
from agents.simulator.clock import AWAKE, BRANCH, OFFICE, second_of
from agents.simulator.holidays import is_working
from agents.simulator.legs import INTRA_IN, INTRA_OUT, Leg
from agents.simulator.parties import NOBODY, new_company, new_person, own_customer
from agents.simulator.pen import DAY_S, SPECIAL_WEEK, Pen
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import Profile

_ACCOUNT_BITS = 9
"""Up to 512 postings of each account have numbers of their own."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One planted behaviour about to be written."""

    plan: SimulationPlan
    customer: Profile
    rng: Random
    start: int
    """The first day it may use."""
    pen: Pen
    members: "tuple[Scene, ...]" = ()
    """The same for each of the connected customers who do it together, itself first."""

    def as_member(self, customer: Profile) -> Self:
        """The same scene from the side of another customer, written into the same place."""
        pen = Pen(self.pen.out)
        pen.start(customer, SPECIAL_WEEK)
        return replace(self, customer=customer, pen=pen)

    def as_account(self, number: int) -> Self:
        """The same scene at another account of the customer."""
        pen = Pen(self.pen.out)
        pen.start(self.customer.with_account(number), SPECIAL_WEEK)
        pen.next_number += number << _ACCOUNT_BITS
        return replace(self, pen=pen)

    def working_days(self, count: int) -> list[int]:
        """The next working days from the start on, fewer where the plan ends."""
        days = (day for day in range(self.start, self.plan.days) if is_working(self.plan.date_of(day)))
        return [day for day, _ in zip(days, range(count), strict=False)]

    def some_working_days(self, count: int, among: int) -> list[int]:
        """`count` different ones of the next `among` working days, in order."""
        days = self.working_days(among)
        return sorted(self.rng.sample(days, min(count, len(days))))

    def transfer(self, day: int, leg: Leg, party: int, amount_minor: float) -> None:
        """A transfer at an hour that suits the kind of customer."""
        ticks = AWAKE if self.customer.kind == "person" else OFFICE
        self.pen.post(day, second_of(self.rng.random, ticks), leg, party, max(100, int(amount_minor)))

    def cash(self, day: int, leg: Leg, amount_major: float, step_major: int = 100, by: int = NOBODY) -> None:
        """Cash over the counter, in whole notes; `by` somebody else than the customer, where a party is given."""
        second = second_of(self.rng.random, BRANCH)
        self.pen.post(day, second, leg, by, rounded(amount_major * 100, step_major))

    def pay(self, other: "Scene", second: int, amount_minor: float) -> None:
        """Money to another member, in both accounts, `second` seconds after the plan's start."""
        day, at = divmod(min(second, self.plan.days * DAY_S - 1), DAY_S)
        amount = max(100, int(amount_minor))
        self.pen.post(day, at, INTRA_OUT, own_customer(other.customer.index), amount)
        other.pen.post(day, at, INTRA_IN, own_customer(self.customer.index), amount)

    def stranger(self) -> int:
        """A party that this customer never met."""
        return new_person(self.rng) if self.rng.random() < 0.75 else new_company(self.rng)  # noqa: PLR2004

    def friend(self) -> int:
        """A party that this customer deals with anyway; somebody new if there is none."""
        return self.rng.choice(self.customer.friends) if self.customer.friends else self.stranger()

    def heavy(self, median: float, sigma: float = 0.5) -> float:
        """Around the median; one in twenty more than double (at the default spread)."""
        return median * self.rng.lognormvariate(0, sigma)

    def declared_minor(self, name: str) -> float:
        """An amount of the customer's record; what the month brings if it has none."""
        told = self.customer.record.get(name)
        return self.customer.scale_minor if told is None else float(str(told)) * 100

    @property
    def usual_day_minor(self) -> float:
        """What moves on a usual active day, one way."""
        return self.customer.scale_minor / (10 if self.customer.kind == "person" else 15)
