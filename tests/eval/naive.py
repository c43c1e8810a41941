"""What needs no product: two scores that anybody computes in an afternoon. What is not better than these adds nothing."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from agents.backtest.replayed import Key

_FEWEST: Final = 5
"""Earlier postings that a mean and a deviation are taken of; before them the score is 0."""
_LEAST_VARIANCE: Final = 1e-9
_SMALLEST: Final = 0.01


class Amount(NamedTuple):
    """What the naive scores see of a posting."""

    key: Key
    amount: float
    direction: str


def postings_that_day(postings: Iterable[Amount]) -> Iterator[float]:
    """How many postings the customer has had that day, this one included."""
    counts: Counter[Key] = Counter()
    for posting in postings:
        counts[posting.key] += 1
        yield counts[posting.key]


def z_of_log_amount(postings: Iterable[Amount]) -> Iterator[float]:
    """How many standard deviations the logarithm of the amount is above the mean of the customer's earlier ones that way."""
    past: dict[tuple[str, str], tuple[int, float, float]] = {}
    for (customer_id, _), amount, direction in postings:
        count, mean, squares = past.get((customer_id, direction), (0, 0.0, 0.0))
        value = math.log(max(amount, _SMALLEST))
        if count < _FEWEST:
            yield 0.0
        else:
            yield (value - mean) / math.sqrt(max(squares / (count - 1), _LEAST_VARIANCE))
        # Welford's update: sums of squares of logarithms that hardly differ would cancel each other out.
        step = (value - mean) / (count + 1)
        squares += (value - mean) * (value - mean - step)
        past[customer_id, direction] = (count + 1, mean + step, squares)
