"""The five steps of a record batch: judge, publish, append to the changelog, store, and only then finish.

Whatever happens between two of them, doing the batch again is harmless. Alerts that were published come again with the same
id and revision. State that was stored is fenced by the offsets in it.
"""

import time
from collections.abc import Callable

from agents.metrics import Metrics
from agents.publishing import Publisher
from agents.states import StateStore
from agents.transport import RecordBatch
from monitor.customer_state import encode
from monitor.engine import Engine


class Steps:
    """Does batches, one at a time."""

    def __init__(self, engine: Engine, states: StateStore, publisher: Publisher, metrics: Metrics) -> None:
        self._engine = engine
        self._states = states
        self._publisher = publisher
        self._metrics = metrics

    async def take(self, batch: RecordBatch, is_ours: Callable[[], bool]) -> bool:
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
        with self._metrics.batch():
            finished = await self._take(batch, is_ours)
        if not finished:
            self._states.forget_decoded()
        return finished

    async def _take(self, batch: RecordBatch, is_ours: Callable[[], bool]) -> bool:
        metrics, partition = self._metrics, batch.partition
        view = self._states.view(partition)
        with metrics.step("judge"):
            outcome = self._engine.process(batch.records, view)
        with metrics.step("publish"):
            await self._publisher.publish(outcome, batch)
        if outcome.alerts:
            latency_seconds = time.time() - batch.records[0].timestamp / 1000
            metrics.alerts_acknowledged(len(outcome.alerts), latency_seconds)
        if not is_ours():
            return False
        if outcome.touched:
            with metrics.step("encode"):
                encoded = {key: encode(state) for key, state in outcome.touched.items()}
            with metrics.step("changelog"):
                offset = await self._publisher.append_states(partition, encoded)
            if not is_ours():
                return False
            with metrics.step("store"):
                self._states.keep(partition, outcome.touched, encoded, offset)
            metrics.state_sizes(list(encoded.values()))
        metrics.cache_lookups(view.hits, view.misses)
        metrics.count(outcome)
        return True
