"""What a detector is: data, and one function that observes. And what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from monitor.customer_state import CustomerState
from monitor.policy import DetectorLimit, Rules
from monitor.posting import Posting
from monitor.scoring import contribution, strength_of, trusted
from monitor.stats.recent import INBOUND
from monitor.story import Story
from schemas.customer import Kind

NOT_CARD: Final = frozenset({"cash", "transfer", "cheque", "other"})
"""Where the other side is a counterparty: a shop paid by card is none."""

Unit = Literal[
    "money",
    "postings",
    "counterparties",
    "share",
    "ratio",
    "times",
    "countries",
    "accounts",
    "deviations",
    "months",
    "chi-squared",
]

UNIT_NAMES: Final[dict[Unit, tuple[str, str]]] = {
    "money": ("{currency}", "{currency}"),
    "postings": ("postings", "笔"),
    "counterparties": ("counterparties", "个对手"),
    "share": ("share of value", "金额占比"),
    "ratio": ("ratio", "比率"),
    "times": ("times", "倍"),
    "countries": ("countries", "个国家或地区"),
    "accounts": ("accounts", "个账户"),
    "deviations": ("standard deviations", "个标准差"),
    "months": ("months", "个月"),
    "chi-squared": ("χ² with 8 degrees of freedom", "χ²（自由度8）"),
}


_SURE: Final = 0.9999


class Observation(msgspec.Struct, frozen=True, gc=False):
    """What a detector saw at one posting, the posting included.

    `observed`, `threshold` and `usual` are in the detector's unit, money in minor units. The window is `first_day` to
    `last_day` (day numbers, both included); `count` postings are in it. Evidence is chosen among the recent postings in
    the window by direction (`inbound`; None: both) and by `flags` (all of them set).
    """

    observed: float
    threshold: float
    usual: float | None
    first_day: int
    last_day: int
    count: int
    inbound: bool | None = None
    flags: int = 0
    evidence: tuple[bytes, ...] | None = None
    """Names of the postings that are the evidence, the posting itself apart; None: chosen by the three above."""
    peers: float | None = None
    """In the detector's unit: the same for comparable customers."""
    peer_group: str | None = None
    """Which customers those are, how many, and as of when."""
    graded: float = 0.0
    """0 to 1: how likely this is to be what the detector looks for, where it can tell. It ranks; it does not alert."""

    @property
    def strength(self) -> float:
        """How far the observation goes: 1 is exactly at the threshold; see `monitor.scoring`."""
        strength = self.observed / self.threshold if self.observed >= self.threshold else 0.0
        return max(strength, strength_of(min(self.graded, _SURE))) if self.graded else strength

    @property
    def fires(self) -> bool:
        """Whether it is a finding. Thresholds are inclusive."""
        return self.observed >= self.threshold


def part_of(seen: Observation, weight: float, trust: float) -> float:
    """What an observation contributes to the score, 0 to `weight`; `trust`: how far its detector is to be believed."""
    part = 0.0
    if seen.observed >= seen.threshold:
        part = trust * contribution(weight, seen.observed / seen.threshold)
    if seen.graded:
        part = max(part, weight * trusted(min(seen.graded, _SURE), trust))
    return part


Question = tuple[CustomerState, Posting, Rules]
"""A posting, its customer's past, and the rules for it."""
Observe = Callable[[CustomerState, Posting, Rules], Observation | None]


@dataclass(frozen=True, kw_only=True)
class Documented:
    """What people read of a detector, in both languages. Its thresholds stand in the policy, with their reason."""

    id: str
    question: str
    question_zh: str
    typology: str
    unit: Unit
    explain: str
    """English sentence with `{observed}`, `{threshold}`, `{usual}`, `{window}`, `{count}`."""
    explain_zh: str
    source: str
    runbook: str
    family: str = ""
    """Detectors of one family rest on the same evidence, and count once; empty: none but itself."""


@dataclass(frozen=True, kw_only=True)
class Detector(Documented):
    """One question asked of every posting."""

    direction: Literal["in", "out"] | None = None
    """The postings that it is asked about; None: both."""
    channels: frozenset[str] | None = None
    """The channels that it is asked about; None: all."""
    needs: int = 0
    """Flags (`monitor.stats.recent`) that a posting has to have for it to be asked."""
    kinds: frozenset[Kind] | None = None
    """The customers that it is asked about; None: all."""
    amount_parts: int = 0
    """It is asked at postings of at least one such part of the policy's floor, 0: at any. The larger ones tell."""
    day_parts: int = 0
    """It is asked when the date's sum in both directions, the posting included, is at least one such part of the floor, 0:
    always."""
    observe: Observe
    """None: not applicable here, or too little history. It changes nothing."""
    fires: Story
    near_miss: Story

    def concerns(self, *, flags: int, channel: str) -> bool:
        """Whether it is asked about postings of that channel with those flags."""
        if flags & self.needs != self.needs:
            return False
        if self.direction is not None and (self.direction == "in") != bool(flags & INBOUND):
            return False
        return self.channels is None or channel in self.channels

    def least_amount(self, limits: DetectorLimit) -> int:
        """The smallest posting that it is asked at, minor units."""
        return -(-limits.floor_minor // self.amount_parts) if self.amount_parts else 0

    def least_day(self, limits: DetectorLimit) -> int:
        """The smallest sum of a date, both directions, that it is asked at, minor units."""
        return -(-limits.floor_minor // self.day_parts) if self.day_parts else 0
