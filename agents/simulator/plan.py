"""What to simulate: how many customers, which days, how much planted behaviour."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents.simulator.holidays import FIRST_YEAR, LAST_YEAR

HABIT_DAYS: Final = 45
"""Nothing is planted before this day: a departure needs a habit to depart from."""
PLANTED_TAIL_DAYS: Final = 15
"""A planted behaviour starts at least so many days before the end, so that it fits for the most part."""
HISTORY_DAYS: Final = 400
"""The longest way back that a dormant customer's last postings lie."""
GROUP_TYPOLOGIES: Final = ("group-round-trip", "group-structuring", "group-transfers")
"""What several connected customers do together."""
LASTING: Final = frozenset({"peer-outlier", "incomplete-kyc"})
"""States rather than events: they hold from the first day on, so they depart from no habit of the customer's own."""
TYPOLOGIES: Final = (
    "daily-volume",
    "frequency",
    "single-amount",
    "behaviour-change",
    "new-counterparties",
    "counterparty-drift",
    "cash-preference",
    "cash-intensive",
    "structuring",
    "smurfing",
    "just-below",
    "fan-in",
    "fan-out",
    "gather-scatter",
    "pass-through",
    "dormant",
    "round-amounts",
    "repeated-pair",
    "equal-amounts",
    "new-account",
    "income-mismatch",
    "scale-mismatch",
    "expected-activity",
    "unrelated-payers",
    "high-risk-country",
    "new-country",
    "offshore-many",
    "night",
    "velocity",
    "benford",
    "peer-outlier",
    "many-accounts",
    "incomplete-kyc",
    "risk-grade",
    *GROUP_TYPOLOGIES,
)
GROUP_LOOKALIKES: Final = ("group-treasury",)
LOOKALIKES: Final = (
    "bonus-month",
    "holiday-shopping",
    "new-regular-supplier",
    "quarter-end",
    "annual-insurance",
    "pre-holiday-cash",
    "tuition",
    "foreign-holiday",
    "house-purchase",
    "start-up",
    "payday",
    "weekly-rent",
    "family-wedding",
    "tax-refund",
    "cash-shop",
    "night-shift",
    *GROUP_LOOKALIKES,
)
GROUP_SIZES: Final = (3, 4)
_CUSTOMERS_PER_PLANTED: Final = 500
_FEWEST_FOR_DEFAULT: Final = 250
_MOST_CUSTOMERS: Final = 10_000_000
_MOST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationPlan:
    """A bank to simulate. The same plan gives the same postings, byte for byte.

    Args:
        seed: which bank; one seed's customers stay the same when `customers` or `days` grow.
        customers: 1 to 10,000,000.
        days: business dates in the main window, from `start`.
        start: the first business date.
        planted_per_typology: customers with planted behaviour for each of `TYPOLOGIES` (of the group ones: groups of 3 or 4);
            by default one in 500, at least one; none with fewer than 250 customers, or if the window is too short to have
            habits first.
        lookalikes_per_kind: customers for each of `LOOKALIKES`; by default as many as planted.
        timezone: the bank's; without daylight saving in the window.
        reversal_share: share of customers with a purchase that is reversed a few days later.
        late_share: share of customers with a posting that arrives hours or days after it was booked.
        duplicate_share: share of customers with a posting that is sent twice.

    Raises:
        ValueError: saying which field cannot be, and what can.
    """

    seed: int = 7
    customers: int = 2_000
    days: int = 90
    start: date = date(2026, 1, 5)
    planted_per_typology: int | None = None
    lookalikes_per_kind: int | None = None
    timezone: str = "Asia/Shanghai"
    reversal_share: float = 0.01
    late_share: float = 0.0
    duplicate_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        if not 1 <= self.customers <= _MOST_CUSTOMERS:
            raise ValueError(f"customers: 1 to {_MOST_CUSTOMERS:,} can be simulated, not {self.customers:,}")
        if not 1 <= self.days <= _MOST_DAYS:
            raise ValueError(f"days: 1 to {_MOST_DAYS:,} can be simulated, not {self.days:,}")
        first, last = self.date_of(-HISTORY_DAYS).year, self.date_of(self.days + 31).year
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise ValueError(
                f"start: holidays are known for {FIRST_YEAR} to {LAST_YEAR}; with its history this plan needs "
                f"{first} to {last}"
            )
        for name in ("reversal_share", "late_share", "duplicate_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: a share from 0 to 1 is expected, not {getattr(self, name)}")
        for name in ("planted_per_typology", "lookalikes_per_kind"):
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"{name}: 0 or more is expected, not {getattr(self, name)}")
        if (self.planted or self.lookalikes) and not self._has_room():
            raise ValueError(
                f"days: planted behaviour needs at least {HABIT_DAYS + PLANTED_TAIL_DAYS} days, not {self.days}; "
                "or plant nothing (planted_per_typology=0)"
            )
        more = max(GROUP_SIZES) - 1
        wanted = self.planted * (len(TYPOLOGIES) + more * len(GROUP_TYPOLOGIES))
        wanted += self.lookalikes * (len(LOOKALIKES) + more * len(GROUP_LOOKALIKES))
        if wanted * 2 > self.customers:
            raise ValueError(
                f"planted_per_typology: {wanted} of {self.customers} customers would be special; at most half can be"
            )
        self._check_timezone()

    def _has_room(self) -> bool:
        return self.days >= HABIT_DAYS + PLANTED_TAIL_DAYS

    def _check_timezone(self) -> None:
        try:
            zone = ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"timezone: no time zone is called {self.timezone!r}") from None
        noons = (
            datetime.combine(self.date_of(day), time(12), zone)
            for day in range(-HISTORY_DAYS, self.days + 31)
        )
        if len({noon.utcoffset() for noon in noons}) > 1:
            raise ValueError(
                f"timezone: {self.timezone} changes its offset in the window; take one that does not"
            )

    @property
    def planted(self) -> int:
        """Customers per typology."""
        if self.planted_per_typology is not None:
            return self.planted_per_typology
        return self._by_default()

    @property
    def lookalikes(self) -> int:
        """Customers per kind of look-alike."""
        return self.planted if self.lookalikes_per_kind is None else self.lookalikes_per_kind

    def _by_default(self) -> int:
        if not self._has_room() or self.customers < _FEWEST_FOR_DEFAULT:
            return 0
        return max(1, self.customers // _CUSTOMERS_PER_PLANTED)

    def date_of(self, day: int) -> date:
        """The date of a day counted from `start`; negative ones lie before it."""
        return self.start + timedelta(day)

    @property
    def start_s(self) -> int:
        """Epoch seconds at which `start` begins."""
        return int(datetime.combine(self.start, time(), ZoneInfo(self.timezone)).timestamp())

    @property
    def offset(self) -> str:
        """The time zone's offset as RFC 3339 writes it: `+08:00`."""
        return datetime.combine(self.start, time(12), ZoneInfo(self.timezone)).isoformat()[-6:]
