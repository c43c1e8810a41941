"""Comparable customers (有别其他账户): who is comparable to whom, what each does in a month, and by which month a record is judged.

Their figures are sketches, so that each partition's worker can sum up its own customers and every worker can join the parts.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple, cast

from monitor.calendar import day_of
from monitor.customer_state import CustomerState
from monitor.passing import RUN_DAYS
from monitor.profile import Profile
from monitor.stats.peers import PeerKey, Snapshot, wider_keys
from monitor.stats.sketch import LogSketch
from monitor.stats.strangers import HALVING_DAYS as STRANGERS_HALVING_DAYS
from schemas import PeerEdition, PeerGroup, PeerPart, Sketch
from schemas.customer import Kind

UNDECLARED: Final = "undeclared"
OTHER: Final = "other"
MOST_BYTES: Final = 200_000
"""Of one edition: two fit well into a message, and are read in the time of a few postings. Above it the customers of the
smaller half of the groups count as of `OTHER` industry, as often as it takes."""
PUBLISHED_BEFORE_MS: Final = 60_000
"""An edition takes effect so long after it was published: by then every worker that is not standing still has read it."""
KEPT: Final = 2
_INDUSTRY_LETTERS: Final = 40
MONTH_DAYS: Final = 30
STRANGERS_TAU_DAYS: Final = STRANGERS_HALVING_DAYS / math.log(2)
LEAST_CLAIM: Final = 0.001


class Figures(NamedTuple):
    """What a customer does in a month."""

    volume_minor: float
    postings: float
    cash_permille: float


def key_of(profile: Profile) -> PeerKey | None:
    """Whom the customer is compared with first; None without a KYC record."""
    if profile.kind is None:
        return None
    industry = (profile.industry or profile.occupation or UNDECLARED).strip().casefold()
    declared = profile.turnover_minor or profile.capital_minor or profile.income_minor
    size = UNDECLARED if not declared else f"10^{len(str(declared)) - 1}"
    return PeerKey(profile.kind, industry[:_INDUSTRY_LETTERS] or UNDECLARED, size)


def figures_of(state: CustomerState, month: int) -> Figures | None:
    """What the customer did in a month that is kept; None if nothing."""
    for one in state.months.each():
        if one.month == month and one.in_count + one.out_count >= 1:
            volume = one.in_sum + one.out_sum
            return Figures(volume, one.in_count + one.out_count, 1000 * one.cash_sum / max(1, volume))
    return None


Sketches = tuple[LogSketch, LogSketch, LogSketch]
"""Of the figures, in their order."""
Groups = dict[PeerKey, Sketches]


def claims_of(state: CustomerState, month: int) -> dict[str, float]:
    """Of what this customer was suspected in a month, by detector, 0 to 1: whether it spoke, or how many times it expects.

    What grades keeps how many it expects in fading sums; in a month they gain so much of them.
    """
    first_day, day = day_of(date(month // 12, month % 12 + 1, 1)), state.newest_day
    claims = {name: 1.0 for name, raised in state.raised.items() if raised.day >= first_day}
    for name, expected in (
        ("gather-scatter", state.strangers.record(day + 1) * MONTH_DAYS / STRANGERS_TAU_DAYS),
        ("pass-through", state.passing.planted_on(day) * MONTH_DAYS / RUN_DAYS),
    ):
        if expected > LEAST_CLAIM:
            claims[name] = max(claims.get(name, 0.0), min(1.0, expected))
    return claims


class Summing:
    """Sums up customers, one after the other."""

    def __init__(self) -> None:
        self._groups: Groups = {}
        self._customers = 0
        self._claims: Counter[str] = Counter()

    def add(self, state: CustomerState, month: int) -> None:
        """Count a customer, if it was active in the month; among its peers, if it has a record."""
        figures = figures_of(state, month)
        if figures is None:
            return
        self._customers += 1
        self._claims.update(claims_of(state, month))
        key = key_of(state.profile)
        if key is not None:
            for sketch, figure in zip(_of(self._groups, key), figures, strict=True):
                sketch.add(figure)

    def edition(self, month: str, effective_from_ms: int, currency: str) -> PeerEdition:
        """All that were counted, in their groups and in the wider ones."""
        groups = self._groups
        while True:
            every = _with_wider(groups)
            edition = PeerEdition(
                month=month,
                effective_from_ms=effective_from_ms,
                currency=currency,
                groups=[_written(key, every[key]) for key in sorted(every, key=str)],
                customers=self._customers,
                claims={name: round(claims, 4) for name, claims in sorted(self._claims.items())},
            )
            fewer = groups if len(edition.model_dump_json()) <= MOST_BYTES else _with_fewer(groups)
            if len(fewer) == len(groups):
                return edition
            groups = fewer


class PeerBook:
    """The newest editions of every partition's part, and which of them are in force at an instant."""

    def __init__(self) -> None:
        self._parts: dict[int, list[PeerEdition]] = {}
        self._starts_ms: list[int] = []
        self._snapshots: dict[int, Snapshot] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def put(self, part: PeerPart) -> None:
        """Take in a partition's newest part, whatever was known of it before."""
        oldest_first = part.editions[::-1]
        # Stable: of two that take effect together, the newer counts.
        oldest_first.sort(key=lambda edition: edition.effective_from_ms)
        self._parts[part.partition] = oldest_first
        self._starts_ms = sorted({one.effective_from_ms for of in self._parts.values() for one in of})
        self._snapshots.clear()

    def editions(self, partition: int) -> list[PeerEdition]:
        """What is known of a partition, the newest first."""
        return self._parts.get(partition, [])[::-1]

    def at(self, timestamp_ms: int) -> Snapshot | None:
        """What a record with that timestamp is judged by; one without any (-1), by the newest."""
        if not self._starts_ms:
            return None
        place = len(self._starts_ms) if timestamp_ms < 0 else bisect_right(self._starts_ms, timestamp_ms)
        if not place:
            return None
        snapshot = self._snapshots.get(place)
        if snapshot is None:
            snapshot = self._snapshots[place] = self._in_force(self._starts_ms[place - 1])
        return snapshot

    def _in_force(self, at_ms: int) -> Snapshot:
        newest = ([one for one in of if one.effective_from_ms <= at_ms] for of in self._parts.values())
        return Snapshot([of[-1] for of in newest if of])


def successor(partition: int, edition: PeerEdition, known: Sequence[PeerEdition]) -> PeerPart:
    """The part with one more edition; `known`: those so far, the newest first."""
    return PeerPart(partition=partition, editions=[edition, *known][:KEPT])


def month_text(month: int) -> str:
    """A month as people write it.

    >>> month_text(24314)
    '2026-03'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _of(groups: Groups, key: PeerKey) -> Sketches:
    """The sketches of a key; empty ones where it was not there."""
    sketches = groups.get(key)
    if sketches is None:
        sketches = groups[key] = (LogSketch(), LogSketch(), LogSketch())
    return sketches


def _put(groups: Groups, key: PeerKey, sketches: Sketches) -> None:
    for known, more in zip(_of(groups, key), sketches, strict=True):
        known.merge([more])


def _with_wider(groups: Groups) -> Groups:
    every: Groups = {}
    for key, sketches in groups.items():
        for wider in wider_keys(key):
            _put(every, wider, sketches)
    return every


def _with_fewer(groups: Groups) -> Groups:
    """The larger half of the groups as it is, the others by kind and size."""
    ordered = sorted(groups, key=lambda key: (-len(groups[key][0]), str(key)))
    fewer: Groups = {}
    for place, key in enumerate(ordered):
        is_kept = 2 * place < len(ordered)
        _put(fewer, key if is_kept else PeerKey(key.kind, OTHER, key.size), groups[key])
    return fewer


def _written(key: PeerKey, sketches: Sketches) -> PeerGroup:
    first, second, third = (Sketch(zeros=one.zeros, bins=dict(sorted(one.bins.items()))) for one in sketches)
    return PeerGroup(
        kind=cast(Kind, key.kind),
        industry=key.industry,
        size=key.size,
        customers=len(sketches[0]),
        volume=first,
        postings=second,
        cash=third,
    )
