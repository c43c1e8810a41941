"""Robust limits: how large is too large, from a customer's own past, when the past is short and heavy-tailed.

Medians and upper median deviations, so that one earlier outlier neither hides the next nor makes it normal. The scale is
shrunk towards a prior as if `PRIOR_POSTINGS` values had been seen before: short histories judge mildly.
"""

import math
from typing import Final, NamedTuple

PRIOR_LOG_SCALE: Final = 0.6
"""Spread of log daily sums that is assumed before anything is known: a factor of 1.8 up is one scale."""
PRIOR_VALUES: Final = 8
POISSON_SCALE: Final = 0.5
"""Standard deviation of the square root of a Poisson count, whatever its mean."""
MAD_TO_SIGMA: Final = 1.4826
"""Makes the median absolute deviation of normal values their standard deviation (Hampel 1974)."""


class Limit(NamedTuple):
    """`usual`: the median; `limit`: the value that lies `z` scales above it."""

    usual: float
    limit: float


def median(values: list[float]) -> float:
    """The median; sorts `values` in place. Not empty."""
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def upper_limit_of_sums(past: list[float], z: float) -> Limit:
    """For positive, heavy-tailed sums: z upper scales above the median, in logarithms. `past` is not empty."""
    centre = median(past)
    log_centre = math.log(centre)
    above = [math.log(value) - log_centre for value in past if value > centre]
    spread = MAD_TO_SIGMA * median(above) if above else 0.0
    weight = len(above)
    scale = math.sqrt((weight * spread**2 + PRIOR_VALUES * PRIOR_LOG_SCALE**2) / (weight + PRIOR_VALUES))
    return Limit(centre, centre * math.exp(z * scale))


def upper_limit_of_counts(past: list[int], z: float) -> Limit:
    """For counts: z scales above the median, in square roots, where a Poisson count's scale is a half (Anscombe 1948)."""
    roots = [math.sqrt(value) for value in past]
    centre = median(roots)
    spread = MAD_TO_SIGMA * median([abs(root - centre) for root in roots])
    return Limit(centre**2, (centre + z * max(spread, POISSON_SCALE)) ** 2)


def least_limit_of_counts(z: float) -> float:
    """The lowest that `upper_limit_of_counts` can be where every count is at least 1: below it none need be looked at."""
    return (1.0 + z * POISSON_SCALE) ** 2


def upper_limit_of_rate(usual: float, z: float) -> float:
    """For a count that is expected to be `usual`: z Poisson scales above it, in square roots.

    >>> upper_limit_of_rate(4.0, 4.0)
    16.0
    """
    return (math.sqrt(usual) + z * POISSON_SCALE) ** 2
