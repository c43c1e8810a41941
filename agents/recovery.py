"""The Faust tables behind the state of customers and of groups: they recover by whole record batches, and forget what they lost."""

import logging
from collections.abc import Iterable
from typing import cast

from faust.app.base import App
from faust.tables.manager import TableManager
from faust.tables.table import Table
from faust.types import TP

from agents.batches import RecordBatch
from agents.flow import BatchEvent, BatchSchema, batch_of
from agents.states import StateStore
from agents.transport import BatchConsumer

# In events, which are batches. 1 would make Faust resume the changelog partitions after recovery.
_RECOVERY_BATCHES = 2
_STANDBY_BATCHES = 1

log = logging.getLogger(__name__)


class StateTable(Table[bytes, bytes]):
    """Takes part in assignment, standbys and recovery as any table does, but keeps its data in a `StateStore`.

    Faust's own memory store takes records one by one, cannot say up to which offset it was filled, so reads the whole
    changelog again at every rebalance, and keeps the keys of partitions that were taken away while it ran.
    """

    mundane_level = "debug"

    def __init__(self, app: App, states: StateStore, *, name: str, topic: str, partitions: int) -> None:
        self._states = states
        self._read_to: dict[int, tuple[int, int]] = {}
        self._topic = topic
        super().__init__(
            app,
            name=name,
            partitions=partitions,
            key_type=bytes,
            value_type=bytes,
            recovery_buffer_size=_RECOVERY_BATCHES,
            standby_buffer_size=_STANDBY_BATCHES,
            changelog_topic=app.topic(topic, schema=BatchSchema(), partitions=partitions, acks=False),
        )

    def _changelog_topic_name(self) -> str:
        return self._topic

    async def on_start(self) -> None:
        """Nothing: there is no store to open, and the topic was verified before."""

    def persisted_offset(self, tp: TP) -> int | None:
        """The offset up to which the changelog is in here, be it read or written by this worker."""
        return self._states.changelog_offset(tp.partition)

    async def on_changelog_event(self, event: BatchEvent) -> None:
        """Take over one batch of the changelog; if one before it was lost on its way, go back for that.

        Faust calls this for every event as it comes, and counts by offsets: it notices nothing that is missing.
        """
        batch = batch_of(event)
        expected = self._expected(batch)
        if batch.follows is not None and batch.follows <= expected:
            self._read_to[batch.partition] = (batch.seek, batch.next_offset)
            self._states.apply(batch.partition, batch.records)
            return
        log.warning("a part of the changelog was lost on its way: reading again", extra={"tp": str(batch.tp)})
        recovery = cast(TableManager, self.app.tables).recovery
        for offsets in (recovery.active_offsets, recovery.standby_offsets):
            if batch.tp in offsets:
                offsets[batch.tp] = expected - 1
        await cast(BatchConsumer, self.app.consumer).seek_wait({batch.tp: expected})

    def apply_changelog_batch(self, batch: Iterable[BatchEvent]) -> None:
        """Nothing: see `on_changelog_event`."""

    def _expected(self, batch: RecordBatch) -> int:
        """The offset that the batch has to follow on from, or lie before."""
        seek, position = self._read_to.get(batch.partition, (-1, 0))
        if seek == batch.seek:
            return position
        held = self._states.changelog_offset(batch.partition)
        return batch.start or 0 if held is None else held + 1

    async def on_rebalance(
        self,
        assigned: set[TP],  # noqa: ARG002  # Faust's signature
        revoked: set[TP],  # noqa: ARG002
        newly_assigned: set[TP],  # noqa: ARG002
        generation_id: int = 0,  # noqa: ARG002
    ) -> None:
        """Drop what is neither ours to judge nor to keep as a spare."""
        assignor = self.app.assignor
        held = assignor.assigned_actives() | assignor.assigned_standbys()
        self._states.retain(tp.partition for tp in held if tp.topic == self._topic)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:  # noqa: ARG002  # as above
        """Nothing to drop: see `on_rebalance`."""
        offsets = {
            str(tp.partition): self._states.changelog_offset(tp.partition) for tp in sorted(active_tps)
        }
        log.info("state is recovered", extra={"table": self.name, "offsets": offsets})
        await self.call_recover_callbacks()
