"""Which customers can have which planted behaviour or look-alike, and who writes it."""

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from agents.simulator import lookalikes, planted_amounts, planted_flows
from agents.simulator.companies import Company
from agents.simulator.labels import LOOKALIKE
from agents.simulator.people import Person
from agents.simulator.plan import HABIT_DAYS, HISTORY_DAYS, SimulationPlan
from agents.simulator.profiles import Profile
from agents.simulator.scene import Scene

_BEFORE_THE_FESTIVAL: Final = 20
"""Look-alikes of a holiday may be early: by default the Spring Festival is on day 41."""
_LEAST_SUPPLIERS: Final = 4
_CASHLESS_PER_WEEK: Final = 0.3


class Special(NamedTuple):
    """A behaviour that is put on some customers on purpose."""

    typology: str
    write: Callable[[Scene], None]
    suits: Callable[[SimulationPlan, Profile], bool]
    not_before: int = HABIT_DAYS

    @property
    def is_lookalike(self) -> bool:
        """Whether it is normal behaviour."""
        return self.typology.startswith(LOOKALIKE)


def _private(_: SimulationPlan, customer: Profile) -> bool:
    return customer.kind != "institution" and bool(customer.friends)


def _person(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Person)


def _earner(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Person) and customer.segment.name == "salaried"


def _company(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Company)


def _has_clients(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Company) and bool(customer.friends)


def _shop(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Company) and customer.trade.is_shop


def _supplied(_: SimulationPlan, customer: Profile) -> bool:
    """A shop does not suit: most of its money comes from the card acquirer whatever its suppliers are."""
    if not isinstance(customer, Company) or customer.trade.is_shop:
        return False
    return len(customer.suppliers) >= _LEAST_SUPPLIERS and bool(customer.friends)


def _cashless(_: SimulationPlan, customer: Profile) -> bool:
    if isinstance(customer, Person):
        return customer.cash_in_per_week + customer.cash_out_per_week < _CASHLESS_PER_WEEK
    return isinstance(customer, Company) and not customer.deposits_per_week


def _can_sleep(plan: SimulationPlan, customer: Profile) -> bool:
    """Old enough to have a past, and without a relative or friend whose postings would have to stop too."""
    if not isinstance(customer, Person) or customer.circle:
        return False
    return date.fromisoformat(str(customer.record["opened_on"])) < plan.date_of(-HISTORY_DAYS)


SPECIALS: Final = (  # those that few customers suit come first, so that the others leave them enough
    Special("counterparty-drift", planted_flows.counterparty_drift, _supplied),
    Special("lookalike:pre-holiday-cash", lookalikes.pre_holiday_cash, _shop, _BEFORE_THE_FESTIVAL),
    Special("lookalike:quarter-end", lookalikes.quarter_end, _has_clients),
    Special("lookalike:new-regular-supplier", lookalikes.new_regular_supplier, _company),
    Special("dormant", planted_flows.dormant, _can_sleep),
    Special("cash-preference", planted_amounts.cash_preference, _cashless),
    Special("lookalike:bonus-month", lookalikes.bonus_month, _earner, _BEFORE_THE_FESTIVAL),
    Special("lookalike:annual-insurance", lookalikes.annual_insurance, _earner),
    Special("lookalike:holiday-shopping", lookalikes.holiday_shopping, _person, _BEFORE_THE_FESTIVAL),
    Special("lookalike:tuition", lookalikes.tuition, _person),
    Special("new-counterparties", planted_flows.new_counterparties, _person),
    Special("fan-in", planted_flows.fan_in, _person),
    Special("pass-through", planted_flows.pass_through, _person),
    Special("velocity", planted_amounts.velocity, _person),
    Special("fan-out", planted_flows.fan_out, _private),
    Special("daily-volume", planted_amounts.daily_volume, _private),
    Special("frequency", planted_amounts.frequency, _private),
    Special("single-amount", planted_amounts.single_amount, _private),
    Special("structuring", planted_amounts.structuring, _private),
)
