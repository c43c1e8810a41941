"""When in a day people and offices act: seconds from midnight, drawn from typical days."""

from collections.abc import Callable
from typing import Final

_STEP_S: Final = 600


def _ticks(by_hour: dict[int, int]) -> tuple[int, ...]:
    """Ten-minute starts, each as often as its hour's weight."""
    return tuple(
        hour * 3600 + part * _STEP_S
        for hour, weight in by_hour.items()
        for part in range(6)
        for _ in range(weight)
    )


AWAKE: Final = _ticks(
    {0: 1, 6: 1, 7: 4, 8: 6, 9: 6, 10: 8, 11: 11, 12: 14, 13: 8, 14: 7, 15: 7}
    | {16: 8, 17: 11, 18: 15, 19: 14, 20: 12, 21: 8, 22: 5, 23: 2}
)
OFFICE: Final = _ticks({8: 2, 9: 9, 10: 12, 11: 9, 12: 2, 13: 5, 14: 11, 15: 11, 16: 9, 17: 3})
BRANCH: Final = _ticks({9: 5, 10: 8, 11: 6, 12: 2, 13: 3, 14: 6, 15: 6, 16: 5})
NIGHT_RUN: Final = _ticks({1: 1, 2: 3, 3: 3, 4: 1})


def second_of(random: Callable[[], float], ticks: tuple[int, ...]) -> int:
    """A second of the day at which that kind of thing happens."""
    return ticks[int(random() * len(ticks))] + int(random() * _STEP_S)
