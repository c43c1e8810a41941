"""Two workers under a stream of records, killed again and again, and started again at once."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from typing import Final

from tests.integration.faults import doomed
from tests.integration.faults.place import Place
from tests.integration.faults.sending import Due, send_all, send_until
from tests.integration.faults.stream import Sent
from tests.integration.worker_process import WorkerProcess, wait_for, wait_until_drained

STRIKES: Final = 10
"""Strikes at random moments; every fourth kills both workers. Kills at exact steps come on top."""
_MOMENTS: Final = {"recovering": 1, "sent": 4, "published": 2, "appended": 3, "finished": 3}
_IN_STRIDE: Final = 2 / 3
_LULL_SECONDS: Final = 2.0
_AIM_SECONDS: Final = 0.3
_PATIENCE_SECONDS: Final = 45.0
_LOG_CHARS: Final = 4_000

UNEASY: Final[dict[str, object]] = {
    # So long do a killed worker's partitions wait.
    "session_timeout_seconds": 3.0,
    "heartbeat_seconds": 1.0,
    # Small batches and rare commits: something is always half done, and something always has to be done again.
    "poll_records": 100,
    "commit_seconds": 2.0,
}
"""Settings of workers that are to be killed."""


@dataclass
class Storm:
    """What was done to the workers: decided by `rng`, but for how far they had got."""

    workers: Sequence[WorkerProcess]
    rng: Random
    due: Due = field(default_factory=dict)
    """The dead letters that have to be there afterwards."""
    kills: int = 0
    steps: list[str] = field(default_factory=list)
    """The exact steps at which a worker died."""
    unasked: list[str] = field(default_factory=list)
    """The end of the log of each worker that ended although nothing killed it."""
    exit_codes: list[int] = field(default_factory=list)
    """How the workers ended when they were told to, at last."""
    is_over: bool = False

    def rage(self) -> None:
        """Strike until there was every kind of strike."""
        try:
            steps = self.rng.sample(doomed.STEPS, len(doomed.STEPS))
            for number in range(STRIKES):
                first, *others = self.rng.sample(self.workers, len(self.workers))
                self._wait_for_the_moment(first)
                victims = [first, *others] if number % 4 == 3 else [first]
                for victim in victims:
                    self._kill(victim)
                for victim in victims:
                    self._start(victim)
                if number % 2 == 1:
                    self._let_die_at(steps.pop(), first)
        finally:
            self.is_over = True

    def _wait_for_the_moment(self, victim: WorkerProcess) -> None:
        """Mostly in the midst of work; else whenever, be it that the worker is still starting or recovering."""
        if self.rng.random() < _IN_STRIDE:
            before = _applied(victim)
            self._wait_for(lambda: _applied(victim) > before or victim.process.poll() is not None, victim)
            time.sleep(self.rng.uniform(0, _AIM_SECONDS))
        else:
            time.sleep(self.rng.uniform(0, _LULL_SECONDS))

    def _let_die_at(self, step: str, victim: WorkerProcess) -> None:
        """Have it started again as one that kills itself at that step."""
        self._kill(victim)
        self._start(victim, doomed.CODE, doomed.doom(step, _MOMENTS[step]))
        self._wait_for(lambda: victim.process.poll() is not None, victim)
        if victim.process.returncode != -signal.SIGKILL:
            self.unasked.append(victim.log[-_LOG_CHARS:])
        self.kills += 1
        self.steps.append(step)
        self._start(victim)

    def _kill(self, victim: WorkerProcess) -> None:
        if victim.process.poll() is not None:
            self.unasked.append(victim.log[-_LOG_CHARS:])
        victim.kill()
        self.kills += 1

    def _start(
        self, victim: WorkerProcess, code: str = WorkerProcess.code, doom: dict[str, str] | None = None
    ) -> None:
        victim.code = code
        victim.overrides.update(doom or {})
        if not self.is_over:
            victim.start()

    def _wait_for(self, condition: Callable[[], bool], victim: WorkerProcess) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert not self.is_over, "interrupted"
            assert time.monotonic() < deadline, f"stuck: {victim.log[-_LOG_CHARS:]}"
            time.sleep(0.02)


def _applied(worker: WorkerProcess) -> float:
    try:
        return worker.samples('postings_total{outcome="applied",stream="customers"}')
    except (OSError, HTTPException):
        return 0.0


async def weather(place: Place, customers: Sequence[Sent], transactions: Sequence[Sent], seed: int) -> Storm:
    """Everything from the first customer's record until nothing is left to do and the workers are gone."""
    with place.worker() as first, place.worker() as second:
        storm = Storm((first, second), Random(seed))
        storm.due = await send_all(place, "customers", customers)
        known = len({record.key for record in customers if record.reason is None})
        for worker in storm.workers:
            worker.wait_until_ready()
        wait_for(lambda: sum(worker.samples("customers ") for worker in storm.workers) == known, 30)
        raging = asyncio.create_task(asyncio.to_thread(storm.rage))
        try:
            storm.due |= await send_until(place, "transactions", transactions, lambda: storm.is_over)
        finally:
            # Only now may the workers be ended for good: it starts them again.
            storm.is_over = True
            await raging
        for worker in storm.workers:
            worker.wait_until_ready()
        wait_until_drained(storm.workers, _PATIENCE_SECONDS)
        storm.exit_codes = [worker.terminate() for worker in storm.workers]
    return storm
