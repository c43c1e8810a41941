"""From findings to one number: how much an alert deserves to be looked at first.

Each finding contributes `weight * (1 - 2**-strength)`: half its weight at the threshold, most of it at thrice the
threshold. Contributions are joined as independent evidence (noisy or), so that the score never falls when evidence is
added and no number of weak findings reaches certainty.
"""

import math
from collections.abc import Iterable


def contribution(weight: float, strength: float) -> float:
    """One finding's part of the score, 0 to `weight`; `strength` 1 is at the threshold.

    >>> contribution(0.8, 1.0)
    0.4
    """
    return weight * (1.0 - math.exp2(-strength))


def joined(contributions: Iterable[float]) -> float:
    """The score from 0 to 100 of all contributions together.

    >>> joined([0.5, 0.5])
    75.0
    """
    innocent = 1.0
    for part in contributions:
        innocent *= 1.0 - part
    return 100.0 * (1.0 - innocent)
