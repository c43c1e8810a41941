"""Who a customer is: the part that persons, companies and institutions share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from agents.simulator.legs import fragment_of
from agents.simulator.names import OWN_BANK
from agents.simulator.plan import SimulationPlan

GROUP: Final = 20
"""Customers come in groups of 20 who may know each other: 17 persons, then companies, at times an institution.

So who a customer is, and knows, depends on its index alone, not on how many others there are.
"""
PERSONS_IN_GROUP: Final = 17
_INSTITUTION_EVERY: Final = 5
_ID_STEP: Final = 7_654_321
_IDS: Final = 100_000_000


def kind_of(index: int) -> str:
    """`person`, `company` or `institution`: 85, 14 and 1 in 100."""
    group, place = divmod(index, GROUP)
    if place < PERSONS_IN_GROUP:
        return "person"
    return "institution" if place == GROUP - 1 and group % _INSTITUTION_EVERY == 0 else "company"


def customer_id(index: int) -> str:
    """Unique up to 100 million customers, and in no order that tells their kind."""
    return f"C{(index * _ID_STEP + 271_828) % _IDS:08d}"


def account_id(index: int) -> str:
    """The customer's account at this bank."""
    return f"6217{(index * _ID_STEP + 314_159) % _IDS:08d}{index % 9973:04d}"


@dataclass(slots=True)
class Profile:
    """A customer's lasting traits. Money is in minor units."""

    index: int
    kind: str
    name: str
    scale_minor: int
    """What one month brings: income, or turnover."""
    record: dict[str, object] = field(repr=False)
    """What the KYC system knows, in the wire's field names."""
    friends: tuple[int, ...]
    """Parties that transfers go to and come from in ordinary life: friends, or clients."""
    customer_id: str = field(init=False)
    account_id: str = field(init=False)
    key: bytes = field(init=False, repr=False)
    head: bytes = field(init=False, repr=False)
    """The customer's part of each posting as a piece of JSON."""
    silent: bool = field(default=False, init=False)
    """Whether the account sleeps: only planted postings, no habits."""
    drift_day: int | None = field(default=None, init=False)
    """From this day the usual suppliers and clients are not dealt with any more."""

    def __post_init__(self) -> None:
        """Derive what follows from the index."""
        self.customer_id = customer_id(self.index)
        self.account_id = account_id(self.index)
        self.key = self.customer_id.encode()
        self.head = fragment_of(customer_id=self.customer_id, account_id=self.account_id, currency="CNY")

    def as_party(self) -> bytes:
        """The fields of a posting whose other side this customer is."""
        return fragment_of(
            counterparty_account=self.account_id,
            counterparty_name=self.name,
            counterparty_bank=OWN_BANK,
            counterparty_country="CN",
            counterparty_customer_id=self.customer_id,
        )


def money(amount_minor: float) -> str:
    """Minor units as the wire's decimal string, whole hundreds of major units: people declare round figures.

    >>> money(1_234_567)
    '12300'
    """
    return str(max(100, round(amount_minor / 10_000) * 100))


def declared(plan: SimulationPlan, rng: Random, index: int, kind: str, name: str) -> dict[str, object]:
    """The part of the KYC record that every customer has."""
    is_new = rng.random() < 0.05  # noqa: PLR2004 - one account in twenty is less than about a year old
    opened = plan.start - timedelta(rng.randint(30, 400) if is_new else rng.randint(500, 5_500))
    return {
        "customer_id": customer_id(index),
        "kind": kind,
        "name": name,
        "opened_on": opened.isoformat(),
        "risk_grade": rng.choices(("low", "medium", "high"), (70, 25, 5))[0],
        "country": "CN",
        "currency": "CNY",
        "is_pep": kind == "person" and rng.random() < 0.003,  # noqa: PLR2004 - as rare as it is
        "effective_from": max(opened, plan.start - timedelta(rng.randint(10, 700))).isoformat(),
    }


def several(rng: Random, least: int, most: int, make: Callable[[Random], int]) -> tuple[int, ...]:
    """Some parties of one's own."""
    return tuple(make(rng) for _ in range(rng.randint(least, most)))
