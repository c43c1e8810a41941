"""From findings to one number: how likely it is, as far as can be told, that who looks into the alert is right to do so.

Each finding contributes a probability. One that can tell the odds of what it looks for (`Observation.graded`) contributes
them, times its weight. Of the others it is known that most are innocent, so one at its threshold contributes a twelfth of its
weight, and half of it at eight times the threshold. Findings that rest on the same evidence (a detector's `family`) count
once, with the strongest. A detector that suspects more customers of the bank than can be is believed the less (`Snapshot.trust`). The rest are joined as independent evidence (noisy or), so that the score never falls when evidence is
added and no number of weak findings reaches certainty.
"""

import math
from collections.abc import Iterable
from typing import Final

HALF_AT: Final = 8.0
"""Strength at which half the weight is reached: alerts at a threshold are right in one case of ten to twenty, in banks' own
experience; what exceeds it eightfold is worth an even bet."""


def contribution(weight: float, strength: float) -> float:
    """One finding's part of the score, 0 to `weight`; `strength` 1 is at the threshold.

    >>> contribution(0.8, 8.0)
    0.4
    """
    return weight * (1.0 - math.exp2(-strength / HALF_AT))


def trusted(probability: float, trust: float) -> float:
    """A detector's probability (0 to below 1), its odds lowered by how far it is to be believed (0 to 1).

    >>> trusted(0.5, 0.25)
    0.2
    """
    odds = probability / (1.0 - probability) * trust
    return odds / (1.0 + odds)


def strength_of(probability: float) -> float:
    """The strength that contributes `probability` (0 to below 1) times the weight.

    >>> strength_of(0.5)
    8.0
    """
    return -HALF_AT * math.log2(1.0 - probability)


def joined(contributions: Iterable[tuple[str, float]]) -> float:
    """The score from 0 to 100 of all contributions together, each with its family.

    >>> joined([("strangers", 0.5), ("strangers", 0.2), ("amounts", 0.5)])
    75.0
    """
    strongest: dict[str, float] = {}
    for family, part in contributions:
        if part > strongest.get(family, 0.0):
            strongest[family] = part
    innocent = 1.0
    for part in strongest.values():
        innocent *= 1.0 - part
    return 100.0 * (1.0 - innocent)
