"""What comparable customers do in a month, joined from all partitions' parts when it is first asked for.

Peers are of one kind, industry and size; where these are too few, of one kind and size; where still too few, of one kind.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from monitor.stats.robust import PRIOR_LOG_SCALE, PRIOR_VALUES
from monitor.stats.sketch import LogSketch
from monitor.stats.standings import Standing, read
from schemas import PeerEdition, PeerGroup, Sketch

REASONS: Final = 1 / 1000
"""Postings that give a detector reason to speak: one in a thousand, which is many times what banks report to authorities."""
_QUARTILE_TO_SIGMA: Final = 0.6745
"""How far the upper quartile of normal values lies above their median, in standard deviations."""


class PeerKey(NamedTuple):
    """Who is comparable. `None` where any will do."""

    kind: str
    industry: str | None
    size: str | None

    def __str__(self) -> str:
        return " × ".join(part for part in self if part is not None)


class Peers(NamedTuple):
    """What comparable customers do."""

    key: PeerKey
    customers: int
    version: str
    """The newest month among the parts."""
    median_minor: float
    """Of the volumes, off by at most 5 %."""
    log_scale: float
    """Robust standard deviation of the logarithm of the volumes, upwards from the median."""
    postings: float
    """Median of the numbers of postings."""
    cash_share: float
    """Median of the shares of cash."""

    def limit_minor(self, z: float) -> float:
        """The volume that lies so many deviations above the median."""
        return self.median_minor * math.exp(z * self.log_scale)

    def deviations(self, volume_minor: float) -> float:
        """How many deviations above the median a volume lies; 0 at or below it."""
        if volume_minor <= self.median_minor or not self.median_minor:
            return 0.0
        return math.log(volume_minor / self.median_minor) / self.log_scale

    def __str__(self) -> str:
        return f"{self.key}, {self.customers:,} customers, {self.version}"


def wider_keys(key: PeerKey) -> tuple[PeerKey, PeerKey, PeerKey]:
    """Whom a customer is compared with: first those most like it."""
    return key, key._replace(industry=None), PeerKey(key.kind, None, None)


class Snapshot:
    """All partitions' parts that are in force together. What is asked for is joined when it is first asked for."""

    def __init__(self, editions: Sequence[PeerEdition]) -> None:
        self.version = max((edition.month for edition in editions), default="")
        """The newest month among the parts."""
        self._trust = _trust(editions)
        self._texts = [edition.standings for edition in editions]
        self._groups: dict[PeerKey, list[PeerGroup]] = {}
        for edition in editions:
            for group in edition.groups:
                self._groups.setdefault(PeerKey(group.kind, group.industry, group.size), []).append(group)
        self._found: dict[tuple[PeerKey, int], Peers | None] = {}

    def trust(self, detector: str) -> float:
        """How far to believe a detector at this bank, 0 to 1: who suspects so much is mostly wrong.

        Of a bank's postings no more than `REASONS` give reason: of what a detector claims beyond that, it is the bank's ordinary
        life that it does not know.
        """
        return self._trust.get(detector, 1.0)

    def standing(self, account: int) -> Standing | None:
        """What is known of an account of this bank, by the key of its number; None: nothing that stands out."""
        return self._standings.get(account)

    @cached_property
    def _standings(self) -> dict[int, Standing]:
        return {key: standing for text in self._texts for key, standing in read(text)}

    def peers_of(self, key: PeerKey | None, least: int) -> Peers | None:
        """Comparable customers, at least so many; None where there are too few even of one kind."""
        if key is None:
            return None
        wanted = key, least
        if wanted not in self._found:
            self._found[wanted] = self._find(key, least)
        return self._found[wanted]

    def _find(self, key: PeerKey, least: int) -> Peers | None:
        for wider in wider_keys(key):
            mine = self._groups.get(wider, ())
            if sum(group.customers for group in mine) >= least:
                return self._joined(wider, mine)
        return None

    def _joined(self, key: PeerKey, mine: Sequence[PeerGroup]) -> Peers:
        volumes, postings, cash = LogSketch(), LogSketch(), LogSketch()
        volumes.merge(_read(group.volume) for group in mine)
        postings.merge(_read(group.postings) for group in mine)
        cash.merge(_read(group.cash) for group in mine)
        return Peers(
            key,
            len(volumes),
            self.version,
            volumes.quantile(0.5),
            _log_scale(volumes),
            postings.quantile(0.5),
            min(1.0, cash.quantile(0.5) / 1000),
        )


def _trust(editions: Sequence[PeerEdition]) -> dict[str, float]:
    postings = sum(edition.postings for edition in editions)
    claims: Counter[str] = Counter()
    for edition in editions:
        claims.update(edition.claims)
    return {name: min(1.0, REASONS * postings / claimed) for name, claimed in claims.items() if claimed}


def _log_scale(volumes: LogSketch) -> float:
    """From median to upper quartile, as of a normal distribution; drawn towards what is assumed before anything is known."""
    median, upper, count = volumes.quantile(0.5), volumes.quantile(0.75), len(volumes)
    spread = math.log(upper / median) / _QUARTILE_TO_SIGMA if median else 0.0
    return math.sqrt((count * spread**2 + PRIOR_VALUES * PRIOR_LOG_SCALE**2) / (count + PRIOR_VALUES))


def _read(sketch: Sketch) -> LogSketch:
    return LogSketch(sketch.bins, sketch.zeros)
