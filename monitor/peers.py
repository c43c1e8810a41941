"""Comparable customers (有别其他账户): who is comparable to whom, what each does in a month, and by which month a record is judged.

Their figures are sketches, so that each partition's worker can sum up its own customers and every worker can join the parts.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from monitor.customer_state import CustomerState
from monitor.profile import Profile
from monitor.stats.peers import PeerKey, Snapshot
from monitor.stats.sketch import LogSketch
from schemas import PeerEdition, PeerGroup, PeerPart, Sketch
from schemas.customer import Kind

UNDECLARED: Final = "undeclared"
OTHER: Final = "other"
MOST_GROUPS: Final = 1_000
"""Of one part: it has to fit into a message. What the smallest above it are of counts as `OTHER` industry."""
PUBLISHED_BEFORE_MS: Final = 60_000
"""An edition takes effect so long after it was published: by then every worker that is not standing still has read it."""
KEPT: Final = 2
_INDUSTRY_LETTERS: Final = 40


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


class Summing:
    """Sums up customers, one after the other."""

    def __init__(self) -> None:
        self._groups: dict[PeerKey, tuple[LogSketch, LogSketch, LogSketch]] = {}

    def add(self, state: CustomerState, month: int) -> None:
        """Count a customer, if it was active in the month and has a record."""
        key = key_of(state.profile)
        figures = None if key is None else figures_of(state, month)
        if key is None or figures is None:
            return
        sketches = self._groups.get(key)
        if sketches is None:
            sketches = self._groups[key] = (LogSketch(), LogSketch(), LogSketch())
        for sketch, figure in zip(sketches, figures, strict=True):
            sketch.add(figure)

    def edition(self, month: str, effective_from_ms: int, currency: str) -> PeerEdition:
        """All that were counted."""
        ordered = sorted(self._groups.items(), key=lambda item: (-len(item[1][0]), item[0]))
        for key, sketches in ordered[MOST_GROUPS:]:
            common = PeerKey(key.kind, OTHER, key.size)
            known = self._groups.setdefault(common, (LogSketch(), LogSketch(), LogSketch()))
            for one, more in zip(known, sketches, strict=True):
                one.merge([more])
            del self._groups[key]
        return PeerEdition(
            month=month,
            effective_from_ms=effective_from_ms,
            currency=currency,
            groups=[_written(key, *self._groups[key]) for key in sorted(self._groups)],
        )


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


def _written(key: PeerKey, volume: LogSketch, postings: LogSketch, cash: LogSketch) -> PeerGroup:
    sketches: Iterable[Sketch] = (
        Sketch(zeros=one.zeros, bins=dict(sorted(one.bins.items()))) for one in (volume, postings, cash)
    )
    first, second, third = sketches
    return PeerGroup(
        kind=cast(Kind, key.kind),
        industry=key.industry or UNDECLARED,
        size=key.size or UNDECLARED,
        customers=len(volume),
        volume=first,
        postings=second,
        cash=third,
    )
