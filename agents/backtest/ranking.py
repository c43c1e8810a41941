"""How well a score ranks what is labelled. Ties are broken against the score: the unlabelled come first."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_POINTS: Final = 60
"""Of a curve: enough for a plot's width."""


class Point(NamedTuple):
    """What is found when so many of the highest ranks are looked at."""

    looked_at: int
    precision: float
    recall: float


def ranked(scored: Iterable[tuple[float, bool]]) -> list[bool]:
    """The labels in the order of their scores, the highest first, the unlabelled first among equals.

    >>> ranked([(1.0, True), (3.0, False), (3.0, True)])
    [False, True, True]
    """
    return [is_labelled for _, is_labelled in sorted(scored, key=lambda one: (-one[0], one[1]))]


def average_precision(labels: Sequence[bool]) -> float | None:
    """The mean, over the labelled, of the precision down to each one's rank; None where nothing is labelled.

    >>> average_precision([True, False, True])
    0.8333333333333333
    """
    hits, total = 0, 0.0
    for rank, is_labelled in enumerate(labels, 1):
        if is_labelled:
            hits += 1
            total += hits / rank
    return total / hits if hits else None


def recall_at(labels: Sequence[bool], looked_at: int) -> float | None:
    """The share of the labelled among the first `looked_at`; None where nothing is labelled."""
    labelled = sum(labels)
    return sum(labels[:looked_at]) / labelled if labelled else None


def recall_at_one_percent(labels: Sequence[bool]) -> float | None:
    """`recall_at` one in a hundred, and at least at one.

    >>> recall_at_one_percent([True, True])
    0.5
    """
    return recall_at(labels, max(1, len(labels) // 100))


def curve(labels: Sequence[bool]) -> list[Point]:
    """Precision and recall at up to 60 ranks, as far apart from one another in proportion; none where nothing is labelled."""
    labelled = sum(labels)
    if not labelled:
        return []
    ranks = sorted({round(len(labels) ** (step / (_POINTS - 1))) for step in range(_POINTS)})
    points, hits, done = [], 0, 0
    for rank in ranks:
        hits += sum(labels[done:rank])
        done = rank
        points.append(Point(rank, hits / rank, hits / labelled))
    return points
