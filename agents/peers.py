"""What this worker's partitions add to the peers that every worker compares customers with: summed up beside the judging.

Once a week of a partition's business dates its stored states are read in slices between which records are judged, and
what they add is published. All workers read all parts, and an edition takes effect a minute after it was published, by
the timestamps of the records judged: so all judge a record by the same editions, at whichever moment they read them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from pydantic import ValidationError

from agents.metrics import Metrics
from agents.states import StateStore
from monitor.batch import Outcome
from monitor.calendar import date_of
from monitor.catalogue import DETECTOR_IDS
from monitor.customer_state import decode
from monitor.peers import PUBLISHED_BEFORE_MS, PeerBook, Summing, successor
from schemas import PeerPart

SETTLED_DAYS: Final = 2
"""Days that are left out: for postings that come late."""
WEEK_DAYS: Final = 7
RETRY_SECONDS: Final = 60.0
SLICE_SECONDS: Final = 0.005
"""For so long states are read: records wait no longer than that."""
REST_SECONDS: Final = 0.095
"""For so long they are then left alone: a twentieth of the time, once a week, is all that judging may lose by it."""

log = logging.getLogger(__name__)


def due_day(newest_day: int) -> int:
    """The business date as of which a partition that has come to that one is summed up: one a week."""
    return (newest_day - SETTLED_DAYS) // WEEK_DAYS * WEEK_DAYS


class PeerParts:
    """Reads what all workers publish, and publishes what its own partitions add."""

    def __init__(
        self,
        book: PeerBook,
        states: StateStore,
        publish: Callable[[PeerPart], Awaitable[None]],
        currency: str,
        metrics: Metrics,
    ) -> None:
        """Nothing is read or published yet.

        Args:
            book: filled here, asked by the engine.
            states: the customers', of this worker's partitions.
            publish: raises if the part was not acknowledged.
            currency: the bank's base currency.
            metrics: told of every part.
        """
        self._book = book
        self._states = states
        self._publish = publish
        self._currency = currency
        self._metrics = metrics
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._not_before: dict[int, float] = {}

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """One record of the topic. What is no part is left out, and said."""
        if value is None:
            return
        problem = self._put(key, value)
        if problem is not None:
            self._metrics.peer_part("refused")
            log.warning("a record of the peers is left out: %s", problem)

    def judged(self, partition: int, outcome: Outcome) -> None:
        """A batch of the partition is finished: perhaps a week is due. One at a time."""
        if not outcome.newest_day:
            return
        day, running = due_day(outcome.newest_day), self._tasks.get(partition)
        if self._is_known(partition, day) or (running is not None and not running.done()):
            return
        if time.monotonic() >= self._not_before.get(partition, 0.0):
            self._tasks[partition] = asyncio.create_task(self._sum_up(partition, day))

    async def stop(self) -> None:
        """Leave off what is under way."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _put(self, key: bytes | None, value: bytes) -> str | None:
        """Take in a part, or say why not."""
        try:
            part = PeerPart.model_validate_json(value)
        except ValidationError:
            return "it is no part of the peers"
        if part.message_key() != key:
            return "its key is not its partition"
        if any(edition.currency != self._currency for edition in part.editions):
            return "it is in another currency than the bank's"
        self._book.put(part)
        return None

    def _is_known(self, partition: int, day: int) -> bool:
        known = self._book.editions(partition)
        return bool(known) and known[0].as_of >= date_of(day)

    async def _sum_up(self, partition: int, day: int) -> None:
        try:
            async with self._turn:  # one partition after the other
                summing = await self._summed(partition, day)
            if summing is None or self._is_known(partition, day):
                return
            # Some tens of milliseconds in one go: not in the loop that records wait for.
            part = await asyncio.to_thread(self._part, partition, summing)
            await self._publish(part)
        except Exception as error:  # noqa: BLE001  # without its newest part the peers are a week older, and that is all
            self._metrics.peer_part("failed")
            self._not_before[partition] = time.monotonic() + RETRY_SECONDS
            log.warning("a part of the peers was not published: %s", type(error).__name__)
        else:
            self._metrics.peer_part("published")
            self._book.put(part)
            newest = part.editions[0]
            extra = {"partition": partition, "as_of": newest.as_of.isoformat(), "groups": len(newest.groups)}
            log.info("peers are summed up", extra=extra)

    def _part(self, partition: int, summing: Summing) -> PeerPart:
        effective_from_ms = time.time_ns() // 1_000_000 + PUBLISHED_BEFORE_MS
        edition = summing.edition(effective_from_ms, self._currency)
        return successor(partition, edition, self._book.editions(partition))

    async def _summed(self, partition: int, day: int) -> Summing | None:
        """All customers of the partition; None if it was lost meanwhile: its next owner does it."""
        summing = Summing(day, DETECTOR_IDS)
        keys = iter(list(self._states.of(partition)))
        while partition in self._states.partitions:
            until = time.perf_counter() + SLICE_SECONDS
            while time.perf_counter() < until:
                key = next(keys, None)
                if key is None:
                    return summing
                raw = self._states.of(partition).get(key)
                if raw is not None:
                    summing.add(decode(raw))
            await asyncio.sleep(REST_SECONDS)
        return None
