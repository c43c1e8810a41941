"""The five steps of a record batch, of either stream: judge, publish, append to the changelog, store, and only then finish.

Whatever happens between two of them, doing the batch again is harmless. Alerts that were published come again with the same
id and revision. State that was stored is fenced by the offsets in it.
What groups hear is published in the second step too: a group's state is fenced by the offsets of what it heard.
"""

import time
from collections.abc import Awaitable, Callable

from agents.batches import RecordBatch
from agents.metrics import Metrics, Stream
from agents.publishing import Publisher
from agents.states import StateStore
from monitor.batch import Judges, Outcome


class Steps:
    """Does batches of one stream, of one partition one at a time."""

    def __init__(
        self,
        engine: Judges,
        states: StateStore,
        publisher: Publisher,
        metrics: Metrics,
        stream: Stream = "customers",
        finished: Callable[[int, Outcome], None] = lambda _partition, _outcome: None,
    ) -> None:
        """Batches come with `take`.

        Args:
            engine: of customers or of groups.
            states: of the same.
            publisher: with the changelog of those states.
            metrics: told of every step.
            stream: how metrics call it.
            finished: told the partition and the outcome of each batch that is finished.
        """
        self._finished = finished
        self._stream: Stream = stream
        self._engine = engine
        self._states = states
        self._publisher = publisher
        self._metrics = metrics

    async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:
        """Do all steps for the batch.

        Args:
            batch: records of one partition, in offset order.
            is_ours: whether the partition is still this worker's; asked before the state is written, for a state
                written after the next owner has read the changelog would undo what that owner has done.

        Returns:
            Whether it is finished. If not, the partition was lost, and its next owner does the batch.

        Raises:
            SendError: something was not acknowledged.
            Exception: a defect of the engine, or stored state that it cannot read.
        """
        with self._metrics.batch(self._stream):
            return await self._take(batch, is_ours)

    async def _take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:
        metrics, stream, partition = self._metrics, self._stream, batch.partition
        with metrics.step("judge", stream):
            outcome = self._engine.process(batch.records, self._states.of(partition))
        with metrics.step("publish", stream):
            await self._publisher.publish(outcome, batch)
        if outcome.alerts:
            latency_seconds = time.time() - batch.records[0].timestamp / 1000
            metrics.alerts_acknowledged(len(outcome.alerts), latency_seconds)
        if not await is_ours():
            return False
        if outcome.states:
            with metrics.step("changelog", stream):
                offset = await self._publisher.append_states(partition, outcome.states)
            if not await is_ours():
                return False
            with metrics.step("store", stream):
                self._states.keep(partition, outcome.states, offset)
            metrics.state_sizes(list(outcome.states.values()), stream)
        metrics.count(outcome, stream)
        self._finished(partition, outcome)
        return True
