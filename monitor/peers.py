"""What the whole bank tells of a customer: what comparable ones do (有别其他账户), and how the bank's accounts stand.

Each partition's worker sums up its own customers once a week of business dates, every worker joins the parts, and every record
is judged by those in force at its time.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, cast

from monitor.calendar import date_of, month_of
from monitor.customer_state import CustomerState
from monitor.passing import RUN_DAYS
from monitor.profile import Profile
from monitor.stats.habits import NO_EPISODE
from monitor.stats.peers import PeerKey, Snapshot, wider_keys
from monitor.stats.raised import key_of as key_of_detector
from monitor.stats.sketch import LogSketch
from monitor.stats.standings import written
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
CLAIM_DAYS: Final = 30
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


def claims_of(state: CustomerState, as_of: int, detectors: Mapping[int, str]) -> dict[str, float]:
    """Of what this customer was suspected in 30 days, by detector: 1 if it spoke, or how many times it expects.

    `detectors`: their ids by `monitor.stats.raised.key_of` them. What grades keeps how many it expects in fading sums; in 30 days they gain so much of them.
    """
    since, day = as_of - CLAIM_DAYS, state.newest_day
    claims = dict.fromkeys(state.raised.since(since, detectors), 1.0)
    for name, expected in (
        ("gather-scatter", state.strangers.record(day + 1) * CLAIM_DAYS / STRANGERS_TAU_DAYS),
        ("pass-through", state.passing.planted_on(day) * CLAIM_DAYS / RUN_DAYS),
        ("single-amount", state.episode.probability - NO_EPISODE),
    ):
        if expected > LEAST_CLAIM:
            claims[name] = max(claims.get(name, 0.0), expected)
    return claims


class Summing:
    """Sums up customers, one after the other, as of a business date: the month that is closed then, and what is known."""

    def __init__(self, as_of: int, detectors: Iterable[str]) -> None:
        self._detectors = {key_of_detector(detector): detector for detector in detectors}
        self._as_of = as_of
        self._month = month_of(as_of) - 1
        self._groups: Groups = {}
        self._postings = 0
        self._claims: Counter[str] = Counter()
        self._accounts: list[tuple[int, int, int, float]] = []

    def add(self, state: CustomerState) -> None:
        """Count a customer: among its peers, if it has a record and was active in the month."""
        strangers = state.strangers
        record = strangers.record(state.newest_day + 1)
        self._accounts += ((key, strangers.met_in, strangers.met_out, record) for key, _, _ in state.accounts)
        if state.newest_day > self._as_of - CLAIM_DAYS:
            self._postings += state.days.total(self._as_of - CLAIM_DAYS + 1, self._as_of).count
            self._claims.update(claims_of(state, self._as_of, self._detectors))
        key = key_of(state.profile)
        figures = None if key is None else figures_of(state, self._month)
        if key is not None and figures is not None:
            for sketch, figure in zip(_of(self._groups, key), figures, strict=True):
                sketch.add(figure)

    def edition(self, effective_from_ms: int, currency: str) -> PeerEdition:
        """All that were counted, in their groups and in the wider ones."""
        groups = self._groups
        while True:
            every = _with_wider(groups)
            edition = PeerEdition(
                month=month_text(self._month),
                as_of=date_of(self._as_of),
                effective_from_ms=effective_from_ms,
                currency=currency,
                groups=[_written(key, every[key]) for key in sorted(every, key=str)],
                postings=self._postings,
                claims={name: round(claims, 4) for name, claims in sorted(self._claims.items())},
            )
            fewer = groups if len(edition.model_dump_json()) <= MOST_BYTES else _with_fewer(groups)
            if len(fewer) == len(groups):
                return edition.model_copy(update={"standings": written(self._accounts)})
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
