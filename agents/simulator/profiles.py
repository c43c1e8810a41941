"""Who a customer is: the part that persons, companies and institutions share."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final, Self

from agents.simulator.chance import mix
from agents.simulator.legs import fragment_of
from agents.simulator.names import OWN_BANK
from agents.simulator.plan import SimulationPlan

GROUP: Final = 20
"""Customers come in groups of 20 who may know each other: 17 persons, then companies, at times an institution.

So who a customer is, and knows, depends on its index alone, not on how many others there are.
"""
PERSONS_IN_GROUP: Final = 17
_INSTITUTION_EVERY: Final = 5
_YEAR_DAYS: Final = 365
_REVIEWED_DAYS: Final = {"low": 690, "medium": 345, "high": 170}
"""Every so often a record is reviewed, by grade: a fortnight before it is due (24, 12, 6 months)."""
_YOUNGEST_REVIEW: Final = 10
_TOLD_SHARE, _GROWN_SHARE = 0.3, 0.03
"""Of those whose life changed, and of the others in a year: whose record is changed because of it."""
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


def _head_of(customer: str, account: str) -> bytes:
    return fragment_of(customer_id=customer, account_id=account, currency="CNY")


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
    since_day: int = field(default=0, init=False)
    """The first day of the account: no habits before it."""
    drift_day: int | None = field(default=None, init=False)
    """From this day the usual suppliers and clients are not dealt with any more."""
    unrecorded: bool = field(default=False, init=False)
    """Whether the KYC system does not know the customer at all."""
    updates: list[dict[str, object]] = field(default_factory=list, init=False, repr=False)
    """Later records, by `effective_from`, in the place of `record`."""

    def __post_init__(self) -> None:
        """Derive what follows from the index."""
        self.customer_id = customer_id(self.index)
        self.account_id = account_id(self.index)
        self.key = self.customer_id.encode()
        self.head = _head_of(self.customer_id, self.account_id)

    def with_account(self, number: int) -> Self:
        """The same customer at another of its accounts: 1, 2 and so on."""
        other = copy(self)
        other.account_id = f"{self.account_id[:-4]}{(int(self.account_id[-4:]) + 1237 * number) % 10_000:04d}"
        other.head = _head_of(other.customer_id, other.account_id)
        return other

    @property
    def records(self) -> list[dict[str, object]]:
        """What the KYC system says of the customer, in order; nothing for one it does not know."""
        return [] if self.unrecorded else [self.record, *self.updates]

    def rewrite(self, **fields: object) -> None:
        """Put fields into all records; `None` takes one out."""
        for record in (self.record, *self.updates):
            for name, value in fields.items():
                record.pop(name, None) if value is None else record.__setitem__(name, value)

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
    grade = rng.choices(("low", "medium", "high"), (70, 25, 5))[0]
    is_pep = kind == "person" and rng.random() < 0.003  # noqa: PLR2004 - as rare as it is
    oldest = max(_YOUNGEST_REVIEW, _REVIEWED_DAYS[grade] - plan.days)
    age = rng.randint(_YOUNGEST_REVIEW, 700) * oldest // 700
    return {
        "customer_id": customer_id(index),
        "kind": kind,
        "name": name,
        "opened_on": opened.isoformat(),
        "risk_grade": grade,
        "country": "CN",
        "currency": "CNY",
        "is_pep": is_pep,
        "effective_from": max(opened, plan.start - timedelta(age)).isoformat(),
    }


def updates_of(
    plan: SimulationPlan, index: int, record: dict[str, object], changed: int | None = None
) -> list[dict[str, object]]:
    """The customer's later records: after its life changed on day `changed`, or business grew; and reviews in time.

    In 90 days about one customer in a hundred has one; in a window as long as a review's interval all have.
    """
    rng = Random(mix(plan.seed, index, 6))
    day, grows = rng.randrange(_YEAR_DAYS), rng.uniform(1.05, 1.4)
    told = rng.random() < (_TOLD_SHARE if changed is not None else _GROWN_SHARE)
    changed = day if changed is None else changed + rng.randint(5, 30)
    news: dict[str, object] = {
        name: money(float(str(record[name])) * grows * 100)
        for name in ("declared_monthly_income", "declared_monthly_turnover", "expected_monthly_volume")
        if name in record
    }
    held = (date.fromisoformat(str(record["effective_from"])) - plan.start).days
    days = {changed: news} if told and held < changed < plan.days else {}
    interval = _REVIEWED_DAYS[str(record["risk_grade"])]
    for due in range(held + interval, plan.days, interval):
        days.setdefault(due, {})
    updates = []
    for day in sorted(days):
        record = {**record, **days[day], "effective_from": plan.date_of(day).isoformat()}
        updates.append(record)
    return updates


def several(rng: Random, least: int, most: int, make: Callable[[Random], int]) -> tuple[int, ...]:
    """Some parties of one's own."""
    return tuple(make(rng) for _ in range(rng.randint(least, most)))
