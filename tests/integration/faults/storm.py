"""Two workers under a stream of postings, killed again and again, and started again at once."""

import asyncio
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Final

import yaml
from aiokafka import AIOKafkaProducer

from agents.policies import read_policy
from schemas import DeadLetterReason
from tests.integration.faults import doomed
from tests.integration.faults.place import Place
from tests.integration.faults.stream import Sent
from tests.integration.worker_process import WorkerProcess, wait_for, wait_until_drained

WORKERS: Final = 2
STRIKES: Final = 10
"""Kills from outside, at random moments; every fourth is of both workers. Then there are those at exact steps."""
_MOMENTS: Final = {"recovering": 1, "sent": 3, "published": 2, "appended": 3, "finished": 3}
_LULL_SECONDS: Final = 2.0
_PATIENCE_SECONDS: Final = 45.0
_TICK_SECONDS: Final = 0.05
_CALM: Final = 0.15
"""Share of the stream that is sent at once, before the first kill: the customers' past."""
_FADE_SECONDS: Final = 60.0
"""The rest is sent ever more slowly, so that it does not end before the storm does, however slow the machine."""
_SENSITIVITY: Final = 0.3

WORKER_OPTIONS: Final[dict[str, object]] = {
    # A killed worker's partitions wait for so long.
    "session_timeout_seconds": 3.0,
    "heartbeat_seconds": 1.0,
    # Small batches and rare commits: there is always something half done, and something to be done again.
    "poll_records": 100,
    "commit_seconds": 2.0,
    "log_level": "INFO",
}


def sensitive_policy(folder: Path) -> Path:
    """The packaged policy with thresholds so low that there are alerts all the time."""
    file = folder / "policy.yaml"
    packaged = Path("monitor/policies/cn-pboc.yaml")
    assert read_policy("cn-pboc", "Asia/Shanghai")
    root = Path(__file__).parents[3]
    document = yaml.safe_load((root / packaged).read_text(encoding="utf-8"))
    document["grades"].update(low=_SENSITIVITY, medium=_SENSITIVITY, high=_SENSITIVITY)
    file.write_text(json.dumps(document, default=str), encoding="utf-8")
    return file


async def send(place: Place, kind: str, records: Sequence[Sent]) -> dict[bytes, DeadLetterReason]:
    """Send all at once; the dead letters that are due, by their keys."""
    return await _Sender(place, kind).send_all(records)


class _Sender:
    def __init__(self, place: Place, kind: str) -> None:
        self._topic = place.topic(kind)
        self._producer = AIOKafkaProducer(bootstrap_servers=place.servers, linger_ms=5)
        self._under_way: list[tuple[asyncio.Future[object], DeadLetterReason | None]] = []
        self.due: dict[bytes, DeadLetterReason] = {}

    async def send_all(self, records: Sequence[Sent]) -> dict[bytes, DeadLetterReason]:
        async with self._producer:
            await self.hand_over(records)
            await self.settle()
        return self.due

    async def send_through(self, storm: "Storm", records: Sequence[Sent]) -> dict[bytes, DeadLetterReason]:
        """Keep sending while the storm lasts, then send the rest."""
        async with self._producer:
            place = math.ceil(len(records) * _CALM)
            await self.hand_over(records[:place])
            while not storm.is_over:
                await asyncio.sleep(_TICK_SECONDS)
                portion = math.ceil((len(records) - place) * _TICK_SECONDS / _FADE_SECONDS)
                await self.hand_over(records[place : place + portion])
                place += portion
            await self.hand_over(records[place:])
            await self.settle()
        return self.due

    async def hand_over(self, records: Sequence[Sent]) -> None:
        for record in records:
            sending = await self._producer.send(
                self._topic, record.value, key=record.key, partition=record.partition
            )
            self._under_way.append((sending, record.reason))

    async def settle(self) -> None:
        for sending, reason in self._under_way:
            at = await sending
            if reason is not None:
                self.due[f"{self._topic}-{at.partition}-{at.offset}".encode()] = reason  # type: ignore[attr-defined]  # aiokafka's RecordMetadata
        self._under_way.clear()


@dataclass
class Storm:
    """What is done to the workers, decided by `rng` alone but for how long they take to recover."""

    workers: list[WorkerProcess]
    rng: Random
    kills: int = 0
    unasked: list[str] = field(default_factory=list)
    """The log of each worker that ended although nobody killed it."""
    is_over: bool = False

    def rage(self) -> None:
        try:
            steps = list(doomed.STEPS)
            self.rng.shuffle(steps)
            for number in range(STRIKES):
                both = number % 4 == 3
                victims = self.workers if both else [self.rng.choice(self.workers)]
                self._wait_for_the_moment(victims[0])
                for victim in victims:
                    self._kill(victim)
                doom = steps.pop() if number % 2 == 1 and steps else None
                for victim in victims:
                    self._start(victim, doom if victim is victims[0] else None)
                if doom is not None:
                    self._wait_for_the_end(victims[0])
        finally:
            self.is_over = True

    def _wait_for_the_moment(self, victim: WorkerProcess) -> None:
        """In the midst of work, two times out of three; else whenever, be it that it is still starting or recovering."""
        if self.rng.random() < 2 / 3:
            before = _done(victim)
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while _done(victim) <= before and time.monotonic() < deadline:
                time.sleep(0.02)
            assert time.monotonic() < deadline, f"no progress within {_PATIENCE_SECONDS} s: {victim.log[-4000:]}"
            time.sleep(self.rng.uniform(0, 0.3))
        else:
            time.sleep(self.rng.uniform(0, _LULL_SECONDS))

    def _kill(self, victim: WorkerProcess) -> None:
        if victim.process.poll() is not None:
            self.unasked.append(victim.log[-4000:])
        victim.kill()
        self.kills += 1

    def _start(self, victim: WorkerProcess, doom: str | None) -> None:
        for name in ("DOOM_STEP", "DOOM_COUNT"):
            victim.overrides.pop(name, None)
        victim.code = WorkerProcess.code
        if doom is not None:
            victim.code = doomed.CODE
            victim.overrides |= doomed.doom(doom, _MOMENTS[doom])
        victim.start()

    def _wait_for_the_end(self, victim: WorkerProcess) -> None:
        code = victim.process.wait(_PATIENCE_SECONDS)
        if code != -9:
            self.unasked.append(victim.log[-4000:])
        self.kills += 1
        self._start(victim, None)


def _done(worker: WorkerProcess) -> float:
    try:
        return worker.samples('postings_total{outcome="applied"}')
    except (OSError, HTTPException):
        return 0.0


async def weather(place: Place, customers: Sequence[Sent], transactions: Sequence[Sent], seed: int) -> "Storm":
    """Everything from the first customer record until nothing is left to do and the workers are gone.

    Returns:
        The storm, over; `due` are the dead letters that have to be there.
    """
    workers = [place.worker() for _ in range(WORKERS)]
    with workers[0], workers[1]:
        storm = Storm(workers, Random(seed))
        storm.due = await send(place, "customers", customers)
        known = len({record.key for record in customers if record.reason is None})
        for worker in workers:
            worker.wait_until_ready()
        wait_for(lambda: sum(worker.samples("customers ") for worker in workers) == known, 30)
        raging = asyncio.create_task(asyncio.to_thread(storm.rage))
        storm.due |= await _Sender(place, "transactions").send_through(storm, transactions)
        await raging
        for worker in workers:
            worker.wait_until_ready()
        wait_until_drained(workers, 90)
        storm.exit_codes = [worker.terminate() for worker in workers]
    return storm
