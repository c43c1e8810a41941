"""Faust's Kafka transport, but one event is a whole fetched record batch of one partition.

Stock Faust spends about 110 µs on each record it hands over: tasks, sensors, acks. Handed over by the batch, that is
spent once per some hundred records. It also decides itself what may be committed; here only `finish` does.
"""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

import aiokafka
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from faust.types.transports import TPorTopicSet

from agents.batches import Reading, RecordBatch

_IDLE_SECONDS = 0.005

log = logging.getLogger(__name__)


class _NothingRead(dict[TP, int | None]):
    """Faust's note of the offset it has read up to, by which it drops what it has seen: always empty.

    It notes offsets also of messages that a rebalance made it drop, and then drops them again after the seek back.
    """

    def __getitem__(self, tp: TP) -> None:
        return None


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread: notes where each batch stands, and lets no empty fetch wait for long."""

    mundane_level = "debug"
    fetch_wait_ms = 100
    heard_at_seconds = math.inf
    """When the newest sign of life was sent that the group has answered, by the monotonic clock; before the first assignment there is nothing to lose."""
    reading: Reading

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust fixes this at 1500. One fetch per broker is under way at a time: while an empty one waits for the idle
        # partitions, a busy one cannot be fetched at all.
        consumer._fetch_max_wait_ms = self.fetch_wait_ms
        return consumer

    def _note_heartbeats(self, coordinator: Any) -> None:
        """Note from now on when heartbeats that are answered were sent; aiokafka keeps that to itself."""
        beat = type(coordinator)._do_heartbeat

        async def noted() -> bool:
            sent_at_seconds = time.monotonic()
            is_answered: bool = await beat(coordinator)
            if is_answered:
                self.heard_at_seconds = sent_at_seconds
            return is_answered

        coordinator._do_heartbeat = noted

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> Mapping[TP, RecordBatch]:  # type: ignore[override]
        fetched = await super()._fetch_records(*args, **kwargs)
        return {tp: self.reading.batch(tp, records) for tp, records in fetched.items() if records}

    # In what follows, the note and the seek are one step: between two awaits nothing is fetched.

    async def _seek_wait(self, consumer: aiokafka.AIOKafkaConsumer, partitions: Mapping[TP, int]) -> None:
        for tp, offset in partitions.items():
            self.reading.sought(tp, offset)
        await super()._seek_wait(consumer, partitions)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every judged partition to its committed offset, or to its start if it has none.

        aiokafka's own leaves those without one where they are, which after a rebalance is past what was dropped. And
        it seeks the changelogs too.
        """
        committed: Mapping[TP, int] = await self.call_thread(self._seek_to_committed)
        return committed

    async def _seek_to_committed(self) -> Mapping[TP, int]:
        consumer = self._ensure_consumer()
        offsets = {}
        for tp in sorted(self.assignment()):
            if self.app.topics.acks_enabled_for(tp.topic):
                partition = driver.ensure_aiokafka_TP(tp)
                offset = await consumer.committed(partition)
                if offset is None:
                    offset = (await consumer.beginning_offsets([partition]))[partition]
                self.reading.sought(tp, offset)
                consumer.seek(partition, offset)
                offsets[tp] = offset
        return offsets

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Void what is fetched from now on."""
        self.reading.forget()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Void what was fetched since the revocation."""
        self.reading.forget()
        self.heard_at_seconds = time.monotonic()
        self._note_heartbeats(self._ensure_consumer()._coordinator)
        await super().on_partitions_assigned(assigned, generation_id)


class BatchConsumer(driver.Consumer):
    """A consumer of batches that commits what was finished, and nothing else."""

    mundane_level = "debug"
    settle: Callable[[], Awaitable[None]]
    """Waits for the batch in hand; set by the app."""
    reading: Reading
    _finished: dict[TP, int]
    _positions: dict[TP, tuple[int, int]]

    def _new_consumer_thread(self) -> BatchConsumerThread:
        # Called once, at the end of the stock constructor.
        self._finished = {}
        self._positions = {}
        self._read_offset = _NothingRead()
        self.reading = Reading()
        thread = BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)
        thread.reading = self.reading
        return thread

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:  # noqa: ARG002  # Faust's signature
        batch: RecordBatch = record
        batch.generation = self.app.consumer_generation_id
        return ConsumerMessage(
            batch.topic,
            batch.partition,
            batch.next_offset - 1,
            batch.records[0].timestamp / 1000.0,
            0,
            None,
            None,
            cast(bytes, batch),  # Faust passes the value on unread; its annotation is of stock records
            None,
            0,
            0,
            batch.tp,
            generation_id=batch.generation,
        )

    # -- handing over -------------------------------------------------------------------------------------------------
    # Faust drops messages on their way in several places: queues are cleared when the flow resumes, a wait is given up
    # when it is suspended. Its acknowledgements notice some of that. Here the chain of batches notices all.

    def is_current(self, batch: RecordBatch) -> bool:
        """Whether the batch belongs to this generation, and its partition was not sought since."""
        return batch.generation == self.app.consumer_generation_id and self.reading.is_current(batch)

    async def follows_on(self, batch: RecordBatch) -> bool:
        """Whether nothing between the batch and what was finished before is missing; if not, read that again."""
        expected = self._expected(batch)
        if batch.follows is not None and batch.follows <= expected:
            return True
        log.warning(
            "a batch was lost on its way: reading again", extra={"tp": str(batch.tp), "offset": expected}
        )
        # A partition that is being taken away cannot be sought, and need not be.
        with suppress(IllegalStateError):
            await self.seek_wait({batch.tp: expected})
        return False

    def _expected(self, batch: RecordBatch) -> int:
        seek, position = self._positions.get(batch.tp, (-1, 0))
        return position if seek == batch.seek else batch.start or 0

    # -- commits ------------------------------------------------------------------------------------------------------
    # Faust acknowledges an event when its agent asks for the next, whether it succeeded or raised, and works out what
    # may be committed from intervals of unseen offsets, which batches consist of. Batches are finished in order, so
    # the newest finished one is all that is needed.

    def finish(self, batch: RecordBatch) -> None:
        """Everything up to the end of the batch is done for good: it may be committed."""
        if batch.generation == self.app.consumer_generation_id:
            self._finished[batch.tp] = batch.next_offset
            self._positions[batch.tp] = (batch.seek, batch.next_offset)

    @property
    def is_member(self) -> bool:
        """Whether partitions are assigned."""
        return self._thread._consumer is not None and bool(self.assignment())

    @property
    def is_in_touch(self) -> bool:
        """Whether the group cannot have given our partitions away unheard: the session has not run out."""
        thread = cast(BatchConsumerThread, self._thread)
        return time.monotonic() - thread.heard_at_seconds < self.app.conf.broker_session_timeout

    def lag(self) -> dict[TP, int]:
        """Records not yet finished, by partition of the judged topics; without those never fetched from."""
        lag = {}
        for tp in self.assignment():
            end = cast(int | None, self.highwater(tp))  # none before the first fetch
            _, position = self._positions.get(tp, (0, self._fetch_position(tp)))
            if self.app.topics.acks_enabled_for(tp.topic) and end is not None and position is not None:
                lag[tp] = max(0, end - position)
        return lag

    def _fetch_position(self, tp: TP) -> int | None:
        # Not `position()`, which asks the broker where there is none yet.
        subscription = self._thread._ensure_consumer()._subscription.subscription
        assignment = subscription.assignment if subscription else None
        if assignment is None or driver.ensure_aiokafka_TP(tp) not in assignment.tps:
            return None
        return cast(int | None, assignment.state_value(driver.ensure_aiokafka_TP(tp))._position)

    async def commit_finished(self) -> None:
        """Commit now, and not only wait for a commit that was under way and may know less."""
        if not await self.commit():
            await self.commit()

    def _filter_tps_with_pending_acks(self, topics: TPorTopicSet | None = None) -> Iterator[TP]:
        return (tp for tp in list(self._finished) if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._finished.get(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:  # Faust's signature
        """Nothing to note: see `finish`."""

    # -- fetching -----------------------------------------------------------------------------------------------------

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, list[Any]]:
        # With a partition set aside because the agent's queue was full, a fetch for the others must not take the
        # second that it may: the queue is empty long before.
        return await super()._getmany(
            active_partitions, _IDLE_SECONDS if self._buffered_partitions else timeout
        )

    async def _wait_next_records(
        self, timeout: float
    ) -> tuple[Mapping[TP, list[Any]] | None, set[TP] | None]:
        if self.flow_active and self._buffered_partitions and not self._get_active_partitions():
            # Stock Faust sleeps for a second when every partition is set aside.
            await asyncio.sleep(_IDLE_SECONDS)
            return {}, set()
        return await super()._wait_next_records(timeout)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: it judges by events seen by sensors. Our own check of progress stops a worker that stalls."""

    # -- rebalances ---------------------------------------------------------------------------------------------------

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish the batch in hand and commit before anyone else may own its partition; stock Faust forgets acks."""
        if self.is_member:
            await self.settle()
        self._finished.clear()
        self._positions.clear()
        await super().on_partitions_revoked(revoked)

    async def perform_seek(self) -> None:
        """Go back to what is committed; what was finished before says nothing about what is read from here."""
        self._finished.clear()
        await super().perform_seek()
        starts = {
            f"{tp.topic}-{tp.partition}": offset for tp, offset in sorted(self._committed_offset.items())
        }
        log.info("reading on from what is committed", extra={"offsets": starts})

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        """What was fetched, but nothing while the flow is stopped: the seek that ends a rebalance fetches it again.

        Stock Faust seeks back itself at that point, in the midst of a rebalance whose own seeks it may undo.
        """
        fetched, active = await self._wait_next_records(timeout)
        for tp, batch in (fetched or {}).items():
            if not self.flow_active or self.should_stop:
                break
            if active is None or tp in active or tp in self._buffered_partitions:
                yield tp, self._to_message(tp, batch)


class BatchTransport(driver.Transport):
    """The aiokafka transport with the consumer above."""

    Consumer = BatchConsumer
