"""Which customers can have which planted behaviour or look-alike, and who writes it."""

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from agents.simulator import (
    lookalikes,
    planted_abroad,
    planted_amounts,
    planted_cash,
    planted_flows,
    planted_groups,
    planted_profiles,
)
from agents.simulator import lookalikes_lives as lives
from agents.simulator.companies import Company
from agents.simulator.labels import LOOKALIKE
from agents.simulator.people import Person
from agents.simulator.plan import (
    GROUP_LOOKALIKES,
    GROUP_TYPOLOGIES,
    HABIT_DAYS,
    HISTORY_DAYS,
    PLANTED_TAIL_DAYS,
    SimulationPlan,
)
from agents.simulator.planted_groups import connect, connect_companies
from agents.simulator.profiles import Profile
from agents.simulator.scene import Scene

_BEFORE_THE_FESTIVAL: Final = 20
"""Look-alikes of a holiday may be early: by default the Spring Festival is on day 41."""
_ALWAYS: Final = 0
"""From the first day on."""
_LEAST_SUPPLIERS: Final = 4
_CASHLESS_PER_WEEK: Final = 0.3


class Special(NamedTuple):
    """A behaviour that is put on some customers on purpose."""

    typology: str
    write: Callable[[Scene], None]
    suits: Callable[[SimulationPlan, Profile], bool]
    not_before: int = HABIT_DAYS
    prepare: Callable[[Scene], None] | None = None
    """What comes before it without being part of it: marks on the customer, an earlier life."""
    tail: int = PLANTED_TAIL_DAYS
    """It starts at least so many days before the end where it can, so that it fits for the most part."""

    @property
    def is_lookalike(self) -> bool:
        """Whether it is normal behaviour."""
        return self.typology.startswith(LOOKALIKE)

    @property
    def is_of_groups(self) -> bool:
        """Whether connected customers do it together."""
        return self.typology.removeprefix(LOOKALIKE) in (*GROUP_TYPOLOGIES, *GROUP_LOOKALIKES)


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


def _earns_as_told(_: SimulationPlan, customer: Profile) -> bool:
    return "declared_monthly_income" in customer.record and bool(customer.friends)


def _alone(_: SimulationPlan, customer: Profile) -> bool:
    """Without a customer on the other side, whose postings would have to begin later too."""
    return isinstance(customer, Person) and not customer.circle


def _firm_alone(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Company) and not customer.trades


def _paid_by_transfer(_: SimulationPlan, customer: Profile) -> bool:
    return isinstance(customer, Company) and not customer.trade.is_shop and bool(customer.friends)


def _in_no_group(plan: SimulationPlan, customer: Profile) -> bool:
    return _company(plan, customer) and "group_id" not in customer.record


SPECIALS: Final = (  # those that few customers suit come first, so that the others leave them enough
    Special("counterparty-drift", planted_flows.counterparty_drift, _supplied),
    Special("lookalike:cash-shop", lives.cash_shop, _shop, _ALWAYS),
    Special("lookalike:pre-holiday-cash", lookalikes.pre_holiday_cash, _shop, _BEFORE_THE_FESTIVAL),
    Special("cash-intensive", planted_cash.cash_intensive, _paid_by_transfer),
    Special("benford", planted_amounts.benford, _paid_by_transfer, tail=30),
    Special("peer-outlier", planted_profiles.peer_outlier, _paid_by_transfer, _ALWAYS),
    Special("lookalike:start-up", lives.start_up, _firm_alone, prepare=planted_profiles.open_lately),
    Special("scale-mismatch", planted_profiles.scale_mismatch, _has_clients, tail=30),
    Special("expected-activity", planted_profiles.expected_activity, _has_clients, tail=30),
    Special("lookalike:quarter-end", lookalikes.quarter_end, _has_clients),
    Special("lookalike:new-regular-supplier", lookalikes.new_regular_supplier, _company),
    Special("lookalike:payday", lives.payday, _company, _ALWAYS),
    Special("group-round-trip", planted_groups.round_trip, _in_no_group, prepare=connect_companies),
    Special("group-transfers", planted_groups.sudden_transfers, _in_no_group, prepare=connect_companies),
    Special("lookalike:group-treasury", lives.group_treasury, _in_no_group, _ALWAYS),
    Special("dormant", planted_flows.dormant, _can_sleep, prepare=planted_flows.fall_asleep),
    Special("new-account", planted_profiles.new_account, _alone, prepare=planted_profiles.open_lately),
    Special("cash-preference", planted_cash.cash_preference, _cashless),
    Special("lookalike:bonus-month", lookalikes.bonus_month, _earner, _BEFORE_THE_FESTIVAL),
    Special("lookalike:annual-insurance", lookalikes.annual_insurance, _earner),
    Special("lookalike:house-purchase", lives.house_purchase, _earner),
    Special("income-mismatch", planted_profiles.income_mismatch, _earns_as_told, tail=30),
    Special("lookalike:holiday-shopping", lookalikes.holiday_shopping, _person, _BEFORE_THE_FESTIVAL),
    Special("lookalike:tuition", lookalikes.tuition, _person),
    Special("lookalike:foreign-holiday", lives.foreign_holiday, _person),
    Special("lookalike:weekly-rent", lives.weekly_rent, _person, _ALWAYS),
    Special("lookalike:family-wedding", lives.family_wedding, _person),
    Special("lookalike:night-shift", lives.night_shift, _person, _ALWAYS),
    Special("lookalike:tax-refund", lives.tax_refund, _person),
    Special("new-counterparties", planted_flows.new_counterparties, _person),
    Special("fan-in", planted_flows.fan_in, _person),
    Special("gather-scatter", planted_flows.gather_scatter, _person),
    Special("pass-through", planted_flows.pass_through, _person),
    Special("velocity", planted_amounts.velocity, _person),
    Special("night", planted_amounts.night, _person),
    Special("smurfing", planted_cash.smurfing, _person),
    Special("unrelated-payers", planted_profiles.unrelated_payers, _person),
    Special("offshore-many", planted_abroad.offshore_many, _person, tail=30),
    Special("group-structuring", planted_groups.group_structuring, _person, prepare=connect),
    Special("fan-out", planted_flows.fan_out, _private),
    Special("daily-volume", planted_amounts.daily_volume, _private),
    Special("frequency", planted_amounts.frequency, _private),
    Special("single-amount", planted_amounts.single_amount, _private),
    Special("behaviour-change", planted_amounts.behaviour_change, _private),
    Special("structuring", planted_cash.structuring, _private),
    Special("just-below", planted_amounts.just_below, _private, tail=30),
    Special("round-amounts", planted_amounts.round_amounts, _private),
    Special("equal-amounts", planted_amounts.equal_amounts, _private),
    Special("repeated-pair", planted_flows.repeated_pair, _private),
    Special("high-risk-country", planted_abroad.high_risk_country, _private, tail=25),
    Special("new-country", planted_abroad.new_country, _private),
    Special("many-accounts", planted_profiles.many_accounts, _private),
    Special("incomplete-kyc", planted_profiles.incomplete_kyc, _private, _ALWAYS, planted_profiles.forget),
    Special("risk-grade", planted_profiles.risk_grade, _private, prepare=planted_profiles.raise_risk),
)
