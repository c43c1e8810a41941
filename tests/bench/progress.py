"""How far a child process is: it appends lines to a file, and whoever waits for it reads them.

Each process notes its own clock and its own processor time, so that neither a scrape nor the reader's turn is measured.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

VARIABLE: Final = "BENCH_PROGRESS"
"""Names the file."""
_LEAST_SECONDS: Final = 0.02
_WARM_UP_SHARE: Final = 0.1


class Sample(NamedTuple):
    """`done` were done at `at_s` (monotonic), for which the process had used `cpu_s` on all its threads."""

    what: str
    at_s: float
    cpu_s: float
    done: int


class Notes:
    """The child's side."""

    def __init__(self) -> None:
        self._file = os.open(os.environ[VARIABLE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._noted_at: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, what: str, count: int, *, at_once: bool = False) -> None:
        """So many more are done. Written every 20 ms at most, unless `at_once`."""
        total = self._counts[what] = self._counts.get(what, 0) + count
        now = time.monotonic()
        if at_once or now - self._noted_at.get(what, 0.0) >= _LEAST_SECONDS:
            self._noted_at[what] = now
            os.write(self._file, f"{what} {now} {time.process_time()} {total}\n".encode())


class Pace(NamedTuple):
    """How fast it went."""

    per_second: float
    cpu_us: float
    """Processor time for one, microseconds."""

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Self | None:
        """From the first tenth to the last sample; `None`: too few samples to tell."""
        if not samples:
            return None
        counted = [sample for sample in samples if sample.done >= _WARM_UP_SHARE * samples[-1].done]
        first, last = counted[0], counted[-1]
        done, seconds = last.done - first.done, last.at_s - first.at_s
        if not done or not seconds:
            return None
        return cls(done / seconds, (last.cpu_s - first.cpu_s) * 1e6 / done)


def read_samples(path: Path, what: str) -> list[Sample]:
    """What the child noted so far."""
    if not path.is_file():
        return []
    lines = [line.split() for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [
        Sample(name, float(at_s), float(cpu_s), int(count))
        for name, at_s, cpu_s, count in lines
        if name == what
    ]
