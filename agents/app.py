"""The Faust app of a worker: batches are done in their order, and committed when they are finished."""

import asyncio
import logging
from functools import cached_property
from typing import Any, Final, cast

import faust
from aiokafka import AIOKafkaProducer
from faust.sensors import Sensor
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.transport.drivers.aiokafka import Producer
from faust.types.transports import ConsumerT, TransportT
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from agents.batches import RecordBatch
from agents.broadcast import Broadcasts
from agents.flow import FreshQueue, KeepingFlowControl
from agents.peers import PeerParts
from agents.publishing import SendError
from agents.settings import Settings
from agents.states import StateStore
from agents.steps import Steps
from agents.transport import BatchConsumer, BatchConsumerThread, BatchTransport
from monitor.policy_book import PolicyBook

_TOUCH_SECONDS: Final = 0.05
# A batch takes well below a second. Whoever waits longer for it waits for a broker that does not answer.
_SETTLE_SHARE: Final = 0.6

log = logging.getLogger(__name__)


class WorkerApp(faust.App):
    """A Faust app that hands over record batches, and stops at the first failure instead of going on."""

    mundane_level = "debug"

    def __init__(
        self,
        settings: Settings,
        states: StateStore,
        groups: StateStore,
        book: PolicyBook,
        **options: Any,
    ) -> None:
        self.settings = settings
        self.states = states
        self.groups = groups
        self.book = book
        self.broadcasts = Broadcasts(())
        self.peer_parts: PeerParts | None = None
        self.failure: Exception | None = None
        self.finished_batches = 0
        self.in_hand: set[RecordBatch] = set()
        """At most one of each stream and partition: while one waits for a broker, others go on."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._lost: frozenset[RecordBatch] = frozenset()
        super().__init__(settings.app_id, **options)

    @property
    def batches(self) -> BatchConsumer:
        """The consumer, as what it is here."""
        return cast(BatchConsumer, self.consumer)

    def kafka_producer_client(self) -> AIOKafkaProducer:
        """The aiokafka producer inside Faust's, for it alone takes whole record batches."""
        producer = cast(Producer, self.producer)._producer  # noqa: SLF001  # the only way to it
        if producer is None:
            raise SendError("the producer is not running")
        return producer

    def has_failed(self) -> bool:
        """Whether the app must not go on."""
        return self.failure is not None

    @property
    def recovery(self) -> Recovery:
        """Faust's recovery of tables."""
        return cast(TableManager, self.tables).recovery

    def fail(self, error: Exception) -> None:
        """Stop without committing: whoever runs the app watches `failure`."""
        if self.failure is None:
            log.critical("stopping without a commit: %s", type(error).__name__, exc_info=error)
            self.failure = error

    async def do(self, batch: RecordBatch, steps: Steps) -> None:
        """Do one batch, and mark it finished if it is. After a failure this never returns.

        A batch that has waited for its turn until a rebalance began is left to be read again.
        """
        try:
            if not self.has_failed():
                await self._do(batch, steps)
        except Exception as error:  # noqa: BLE001  # whatever it is, going on would lose the batch
            self.fail(error)
        if self.has_failed():
            # Faust would take an exception, or our asking for more, as leave to go on with the next batch.
            await asyncio.Event().wait()

    async def _do(self, batch: RecordBatch, steps: Steps) -> None:
        if not self.flow_control.is_active() or not self.batches.is_current(batch):
            return
        if not await self.batches.follows_on(batch):
            return
        self.in_hand.add(batch)
        self._idle.clear()
        try:
            if await steps.take(batch, lambda: self._is_ours(batch)):
                self.batches.finish(batch)
                self.finished_batches += 1
        finally:
            self.in_hand.discard(batch)
            if not self.in_hand:
                self._idle.set()

    async def settle(self) -> None:
        """Take no more batches, wait for those in hand, and commit: before partitions go."""
        self.batches.stop_flow()
        self.flow_control.suspend()
        self.flow_control.clear()
        patience_seconds = self.settings.session_timeout_seconds * _SETTLE_SHARE
        try:
            # Out of touch, they wait for word from the group, and this rebalance is that word.
            await asyncio.wait_for(
                self._idle.wait(), patience_seconds if self.batches.is_in_touch else _TOUCH_SECONDS
            )
        except TimeoutError:
            self._lost = frozenset(self.in_hand)
            log.warning("a batch in hand did not finish in time: it is left to the partition's next owner")
        if not self.has_failed():
            await self.batches.commit_finished()

    async def on_stop(self) -> None:
        """Finish the batches in hand before Faust cancels the agents."""
        if self._consumer is not None and self._consumer.started and self.batches.is_member:
            await self.settle()
        if self.peer_parts is not None:
            await self.peer_parts.stop()
        await super().on_stop()

    @cached_property
    def flow_control(self) -> FlowControlEvent:
        """Of the streams' queues."""
        return KeepingFlowControl(loop=self.loop)

    def FlowControlQueue(  # noqa: N802  # Faust's name
        self, maxsize: int | None = None, *, clear_on_resume: bool = False
    ) -> ThrowableQueue[Any]:
        """A queue for events, the changelog's among them."""
        queue = FreshQueue(maxsize=maxsize, flow_control=self.flow_control, clear_on_resume=clear_on_resume)
        # Not bound yet: the queue is made before there is a consumer.
        queue.is_fresh = lambda batch: self.batches.is_current(batch)  # noqa: PLW0108
        return queue

    async def _is_ours(self, batch: RecordBatch) -> bool:
        # A process that was frozen for longer than the group waits finds the partition another's, and does not know it
        # yet: it has to hear from the group first.
        while self._holds(batch) and not self.batches.is_in_touch:  # noqa: ASYNC110  # the answer comes in another thread
            await asyncio.sleep(_TOUCH_SECONDS)
        return self._holds(batch)

    def _holds(self, batch: RecordBatch) -> bool:
        # Not whether it is current: a rebalance that has begun waits in `settle` for this batch to be finished.
        return batch not in self._lost and batch.generation == self.consumer_generation_id

    def _new_transport(self) -> TransportT:
        return BatchTransport(self.conf.broker_consumer, self)

    def _new_consumer(self) -> ConsumerT:
        consumer = cast(BatchConsumer, super()._new_consumer())
        consumer.settle = self.settle
        thread = cast(BatchConsumerThread, consumer._thread)  # noqa: SLF001  # it has no other name
        thread.fetch_wait_ms = self.settings.fetch_wait_ms
        return consumer


class SendErrorSensor(Sensor):
    """Faust only logs a failed send of its own. None is expected here; one that happens anyhow stops the worker."""

    mundane_level = "debug"

    def __init__(self, app: WorkerApp) -> None:
        self._worker = app
        super().__init__()

    def on_send_error(self, producer: object, exc: BaseException, state: object) -> None:  # noqa: ARG002
        """Stop the worker."""
        self._worker.fail(SendError(f"a send of Faust's own failed: {type(exc).__name__}"))
