"""Chance, by seed alone: independent streams for every customer and week, and fast heavy-tailed draws."""

from collections.abc import Callable
from math import exp
from statistics import NormalDist
from typing import Final

MASK_64: Final = (1 << 64) - 1
_STEPS: Final = 4096


def mix(*parts: int) -> int:
    """A 64-bit hash of small integers (splitmix64 finaliser): near parts give unrelated streams.

    >>> mix(7, 1) == mix(7, 1), mix(7, 1) == mix(7, 2)
    (True, False)
    """
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = (state ^ part) * 0xBF58476D1CE4E5B9 & MASK_64
        state = (state ^ state >> 27) * 0x94D049BB133111EB & MASK_64
        state ^= state >> 31
    return state


def _spread(sigma: float) -> tuple[float, ...]:
    """Quantiles of a lognormal with median 1: an even draw from them costs a fifth of `random.lognormvariate`."""
    normal = NormalDist()
    return tuple(exp(sigma * normal.inv_cdf((step + 0.5) / _STEPS)) for step in range(_STEPS))


MILD: Final = _spread(0.25)
WIDE: Final = _spread(0.6)
HEAVY: Final = _spread(1.0)


def around(random: Callable[[], float], median_minor: float, spread: tuple[float, ...]) -> int:
    """An amount in minor units with this median, at least 1 major unit."""
    return max(100, int(median_minor * spread[int(random() * _STEPS)]))


def how_many(random: Callable[[], float], mean: float) -> int:
    """A count that is about `mean` in most weeks and at times twice or half of it."""
    return int(mean * WIDE[int(random() * _STEPS)] * 0.85 + random())


def rounded(amount_minor: float, step_major: int) -> int:
    """The nearest multiple of `step_major` major units that is not zero, in minor units.

    >>> rounded(123_456, 100)
    120000
    """
    step = step_major * 100
    return max(step, round(amount_minor / step) * step)
