"""Habits: how large this customer's postings are, fading with time, and how far one departs from them.

Two views of the same amounts, each in one direction:

- A histogram over logarithmic bins, each a fifth wider than the one below, so that a quantile is exact to 19 %. A posting
  weighs 8; all weights are halved every 90 days, so a posting is forgotten after four halvings. Whole numbers
  only: one byte (two for the busy) for each bin between the smallest and the largest amount, typically 40.
- Mean and variance with a half-life of 90 days, shrunk towards a prior as if 5 postings had been seen before. Against
  them a posting's amount is weighed as a likelihood ratio: "one of the usual" (Student's t, the predictive distribution
  of a normal with unknown mean and variance) against "much larger, nobody knows how much" (log-uniform over two
  decades). Postings learn with the weight of their being usual, so that departures do not become habit. 16 bytes.

`Episode` remembers that departures come in runs: the probability that one is under way, in 16 bytes.
"""

import math
import struct
from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.calendar import DAY_S

BINS_PER_DOUBLING: Final = 4
HALVING_DAYS: Final = 90
WEIGHT: Final = 8
_MOST_WEIGHT: Final = 0xFFFF
_MOST_NARROW: Final = 0xFF
_BYTE: Final = tuple(bytes((weight,)) for weight in range(256))
_FORMATS: Final = {1: "B", 2: "H"}
LEAST_POSTINGS: Final = 20
"""Postings from which a quantile is given."""

PRIOR_POSTINGS: Final = 5.0
PRIOR_VARIATION: Final = 0.75
"""Coefficient of variation that is assumed before anything is known."""
MOST_FREEDOM: Final = 30
"""Degrees of freedom above which a customer is not believed to be any more regular."""
LEAST_LEARNT: Final = 0.05
"""Even a sure departure is learnt a little: what goes on for long becomes usual."""

EPISODE_DAYS: Final = 14.0
"""10 working days, the 短期 of the rules: how long a run of departures lasts."""
EPISODES_A_DAY: Final = 1 / 1000
"""One run in about three years, for any customer."""
DEPARTING_SHARE: Final = 1 / 3
"""How many postings of a run depart: some, not all; customers go on living."""
PRIOR_EXCEPTIONS: Final = 0.5
PRIOR_SEEN: Final = 25.0
_MOST_LOG_RATIO: Final = 50.0
IMPROBABLE: Final = -20.0
"""Log ratio below which nothing departs: amounts below the mean."""
_HALVING_S: Final = HALVING_DAYS * DAY_S
_EPISODE_S: Final = EPISODE_DAYS * DAY_S
NO_EPISODE: Final = EPISODES_A_DAY * EPISODE_DAYS / (1 + EPISODES_A_DAY * EPISODE_DAYS)
_LOG_WIDTH: Final = math.log(2) / BINS_PER_DOUBLING
_LOG_DECADES: Final = math.log(100.0)
_T_CONSTANTS: Final = tuple(
    math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    for df in range(1, MOST_FREEDOM + 1)
)


_FADING: Final = tuple(0.5 ** (days / HALVING_DAYS) for days in range(HALVING_DAYS))


def _fading(days: int) -> float:
    """What is left of a weight after so many days."""
    return _FADING[days] if days < HALVING_DAYS else math.pow(0.5, days / HALVING_DAYS)


class Weighed(msgspec.Struct, frozen=True, gc=False):
    """An amount against the customer's past."""

    log_ratio: float
    """Log likelihood of "a departure upwards" over "one of the usual"."""
    away: float
    """Standard deviations above the mean."""


_USUAL: Final = Weighed(-60.0, 0.0)
"""An amount that is not above the mean: no departure upwards."""

_MOMENTS: Final = struct.Struct("<fffH")
_NO_MOMENTS: Final = _MOMENTS.pack(0.0, 0.0, 0.0, 0)


class AmountHabit(msgspec.Struct, array_like=True, gc=False):
    """Amounts in one direction, by bin: bin b holds 2**(b/4) to 2**((b+1)/4) minor units."""

    first: int = 0
    """Bin of the first cell."""
    cells: bytes = b""
    """The bins' weights from `first` on, `width` bytes each; a weight stops at 65,535."""
    width: int = 1
    """Bytes of a cell: 1 while no weight needs 2."""
    moments: bytes = b""
    """Postings held, faded and weighted; mean and variance of their amounts; as of which day. 32-bit floats: off by 1 part
    in 10 million."""

    @property
    def mean(self) -> float:
        """The usual amount in minor units; 0 before the first posting."""
        return float(_MOMENTS.unpack(self.moments or _NO_MOMENTS)[1])

    def weigh(self, amount_minor: int, day: int) -> Weighed | None:
        """How the amount stands to the past; None before the first posting."""
        held, mean, variance, known_day = _MOMENTS.unpack(self.moments or _NO_MOMENTS)
        if not held:
            return None
        if amount_minor <= mean:
            return _USUAL
        days = day - known_day
        if days > 0:
            held *= _fading(days)
        prior = PRIOR_VARIATION * mean
        spread = (PRIOR_POSTINGS * prior * prior + held * variance) / (PRIOR_POSTINGS + held)
        scale = math.sqrt(spread * (1 + 1 / max(held, 0.2)))
        freedom = min(MOST_FREEDOM, int(held + PRIOR_POSTINGS))
        away = (amount_minor - mean) / scale
        usual = (
            _T_CONSTANTS[freedom - 1]
            - math.log(scale)
            - (freedom + 1) / 2 * math.log1p(away * away / freedom)
        )
        return Weighed(-math.log(amount_minor) - _LOG_DECADES - usual, away)

    def learn(self, amount_minor: int, day: int, usual: float) -> None:
        """Count one posting's amount; `usual`: the probability that it is one of the usual (0 to 1)."""
        held, mean, variance, known_day = _MOMENTS.unpack(self.moments or _NO_MOMENTS)
        halvings = day // HALVING_DAYS - known_day // HALVING_DAYS
        if halvings > 0:
            self._halve(halvings)
        self._count(int(math.log(amount_minor) / _LOG_WIDTH))
        share = max(LEAST_LEARNT, usual)
        days = day - known_day
        if days > 0:
            held, known_day = held * _fading(days), day
        held += share
        away = amount_minor - mean
        mean += away * share / held
        variance = ((held - share) * variance + share * away * (amount_minor - mean)) / held
        self.moments = _MOMENTS.pack(held, mean, variance, known_day)

    def quantile(self, share: float) -> float | None:
        """The amount (minor units, the bin's upper end) that `share` of the postings stay below; None: too few."""
        weights = self.weights
        left = sum(weights) * share
        if sum(weights) < LEAST_POSTINGS * WEIGHT:
            return None
        for index, weight in enumerate(weights, self.first):
            left -= weight
            if left <= 0:
                return math.exp((index + 1) * _LOG_WIDTH)
        return None

    def share_around(self, amount_minor: int, without: int, of: int) -> float:
        """The share of the postings that lie in the amount's bin or next to it, so within 19 % to 41 %.

        The newest `of` are left out, `without` of which lie there. As if `PRIOR_POSTINGS` elsewhere had been seen before.
        """
        weights = self.weights
        place = int(math.log(amount_minor) / _LOG_WIDTH) - self.first
        around = sum(weights[max(0, place - 1) : max(0, place + 2)]) / WEIGHT - without
        return max(0.0, around) / (max(0.0, sum(weights) / WEIGHT - of) + PRIOR_POSTINGS)

    @property
    def decades(self) -> float:
        """Powers of ten between the amounts that one in twenty postings stays below and above; 0 before the first."""
        weights = self.weights
        ends = []
        for side in (weights, weights[::-1]):
            left, place = sum(weights) / 20, 0
            while place < len(side) and left >= side[place]:
                left -= side[place]
                place += 1
            ends.append(place)
        return max(0, len(weights) - sum(ends)) * _LOG_WIDTH / math.log(10)

    @property
    def weights(self) -> tuple[int, ...]:
        """The bins' weights, in eighths of a posting, from `first` on."""
        return struct.unpack(f"<{len(self.cells) // self.width}{_FORMATS[self.width]}", self.cells)

    def _count(self, index: int) -> None:
        cells, width = self.cells, self.width
        at = width * (index - self.first)
        if not 0 <= at < len(cells):
            cells, at = self._reach(index)
        elif width == 1 and cells[at] <= _MOST_NARROW - WEIGHT:  # nearly always
            self.cells = cells[:at] + _BYTE[cells[at] + WEIGHT] + cells[at + 1 :]
            return
        weight = (cells[at] if width == 1 else int.from_bytes(cells[at : at + 2], "little")) + WEIGHT
        if weight > _MOST_WEIGHT:
            weight = _MOST_WEIGHT
        if weight > _MOST_NARROW and width == 1:
            self.cells = cells
            self._keep(self.weights, 2)
            cells, width, at = self.cells, 2, 2 * at
        self.cells = cells[:at] + weight.to_bytes(width, "little") + cells[at + width :]

    def _reach(self, index: int) -> tuple[bytes, int]:
        """The cells with that bin among them, and where it is."""
        cells, width = self.cells, self.width
        if not cells:
            self.first = index
        elif index < self.first:
            cells = bytes(width * (self.first - index)) + cells
            self.first = index
        at = width * (index - self.first)
        return (cells + bytes(at + width - len(cells)) if at >= len(cells) else cells), at

    def _halve(self, halvings: int) -> None:
        """Let the weights fade; bins that are empty at either end are dropped."""
        weights = [weight >> halvings for weight in self.weights]
        while weights and not weights[-1]:
            weights.pop()
        empty = next((place for place, weight in enumerate(weights) if weight), 0)
        self.first += empty
        self._keep(weights[empty:], 1 if max(weights, default=0) <= _MOST_NARROW else 2)

    def _keep(self, weights: Sequence[int], width: int) -> None:
        self.width = width
        self.cells = struct.pack(f"<{len(weights)}{_FORMATS[width]}", *weights)


_EPISODE: Final = struct.Struct("<fffI")
_NO_EPISODE: Final = _EPISODE.pack(NO_EPISODE, 0.0, 0.0, 0)


class Episode(msgspec.Struct, array_like=True, gc=False):
    """Whether a run of departures is under way, as of one instant (epoch seconds), and how often amounts depart for no reason.

    A bell is wildly sure of itself where amounts are heavy-tailed. So usual postings are "of the bell, or an exception": the
    customer's own share of exceptions, half of one in 25 postings before anything is known, bounds what an amount can say.
    """

    held: bytes = b""
    """The probability of a run; postings explained as exceptions and all that were seen, halved every 90 days; as of when.
    32-bit floats: off by 1 part in 10 million."""

    @property
    def probability(self) -> float:
        """Of a run, as of the newest posting that was held for or against it."""
        return float(_EPISODE.unpack(self.held or _NO_EPISODE)[0])

    def bounded(self, log_ratio: float, at_s: int) -> tuple[float, float]:
        """A log ratio with exceptions taken as usual, and the probability that this posting is one."""
        if log_ratio < IMPROBABLE:
            return log_ratio, 0.0
        _, exceptions, seen, known_s = _EPISODE.unpack(self.held or _NO_EPISODE)
        left = _left(at_s, known_s)
        share = (PRIOR_EXCEPTIONS + exceptions * left) / (PRIOR_SEEN + seen * left)
        ratio = math.exp(min(log_ratio, _MOST_LOG_RATIO))
        ratio /= 1 - share + share * ratio
        return math.log(ratio), min(1.0, share * ratio)

    def log_odds(self, log_ratio: float, at_s: int) -> float:
        """Log odds that a posting with this (bounded) log ratio departs, given what came before."""
        known, _, _, known_s = _EPISODE.unpack(self.held or _NO_EPISODE)
        departs = _faded(known, at_s - known_s) * DEPARTING_SHARE
        return log_ratio + math.log(departs / (1 - departs))

    def learn(self, log_ratio: float, explained: float, at_s: int) -> None:
        """Hold the posting for or against a run, and count it as an exception with the probability `explained`."""
        now, exceptions, seen, known_s = _EPISODE.unpack(self.held or _NO_EPISODE)
        if at_s > known_s:
            now, left = _faded(now, at_s - known_s), _left(at_s, known_s)
            exceptions, seen, known_s = exceptions * left, seen * left, at_s
        likelier = 1 - DEPARTING_SHARE
        if log_ratio > IMPROBABLE:
            likelier += DEPARTING_SHARE * math.exp(min(log_ratio, _MOST_LOG_RATIO))
        now = min(0.99, now * likelier / (now * likelier + 1 - now))
        self.held = _EPISODE.pack(now, exceptions + explained, seen + 1, known_s)


def _left(at_s: int, known_s: int) -> float:
    """What is left of counts; late postings fade nothing."""
    return math.pow(0.5, (at_s - known_s) / _HALVING_S) if at_s > known_s > 0 else 1.0


def _faded(known: float, seconds: int) -> float:
    """The probability of a run so much later."""
    if seconds <= 0:
        return known
    return NO_EPISODE + (known - NO_EPISODE) * math.exp(-seconds / _EPISODE_S)


def probability(log_odds: float) -> float:
    """The probability of log odds, without overflow."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0  # noqa: PLR2004 - the range of exp
