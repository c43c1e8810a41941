"""What a planted behaviour has at hand: a customer, a day to begin, chance of its own, and a pen."""

from dataclasses import dataclass
from random import Random

from agents.simulator.chance import rounded
from agents.simulator.clock import AWAKE, BRANCH, OFFICE, second_of
from agents.simulator.holidays import is_working
from agents.simulator.legs import Leg
from agents.simulator.parties import NOBODY, new_company, new_person
from agents.simulator.pen import Pen
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import Profile


@dataclass(frozen=True, slots=True)
class Scene:
    """One planted behaviour about to be written."""

    plan: SimulationPlan
    customer: Profile
    rng: Random
    start: int
    """The first day it may use."""
    pen: Pen

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

    def cash(self, day: int, leg: Leg, amount_major: float, step_major: int = 100) -> None:
        """Cash over the counter, in whole notes."""
        second = second_of(self.rng.random, BRANCH)
        self.pen.post(day, second, leg, NOBODY, rounded(amount_major * 100, step_major))

    def stranger(self) -> int:
        """A party that this customer never met."""
        return new_person(self.rng) if self.rng.random() < 0.75 else new_company(self.rng)  # noqa: PLR2004

    def friend(self) -> int:
        """A party that this customer deals with anyway; somebody new if there is none."""
        return self.rng.choice(self.customer.friends) if self.customer.friends else self.stranger()

    def heavy(self, median: float, sigma: float = 0.5) -> float:
        """Around the median; one in twenty more than double (at the default spread)."""
        return median * self.rng.lognormvariate(0, sigma)

    @property
    def usual_day_minor(self) -> float:
        """What moves on a usual active day, one way."""
        return self.customer.scale_minor / (10 if self.customer.kind == "person" else 15)
