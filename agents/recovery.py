"""The Faust table behind the customers' state: it recovers by whole record batches, and forgets what it lost."""

from collections.abc import Callable, Iterable

from faust.app.base import App
from faust.tables.table import Table
from faust.types import TP

from agents.flow import BatchEvent, BatchSchema, records_of
from agents.logs import SafeError
from agents.states import StateStore

# In events, which are batches. 1 would make Faust resume the changelog partitions after recovery.
_RECOVERY_BATCHES = 2
_STANDBY_BATCHES = 1


class RecoveryError(SafeError):
    """State could not be recovered whole. The next start reads it again."""


class CustomerTable(Table[bytes, bytes]):
    """Takes part in assignment, standbys and recovery as any table does, but keeps its data in a `StateStore`.

    Faust's own memory store takes records one by one, cannot say up to which offset it was filled, so reads the whole
    changelog again at every rebalance, and keeps the keys of partitions that were taken away while it ran.
    """

    mundane_level = "debug"

    def __init__(
        self, app: App, states: StateStore, fail: Callable[[Exception], None], *, topic: str, partitions: int
    ) -> None:
        self._states = states
        self._fail = fail
        self._read_to: dict[int, tuple[int, int]] = {}
        self._topic = topic
        super().__init__(
            app,
            name="customers",
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

    def apply_changelog_batch(self, batch: Iterable[BatchEvent]) -> None:
        """Take over what was read of the changelog."""
        for records in records_of(batch):
            seek, position = self._read_to.get(records.partition, (-1, 0))
            expected = position if seek == records.seek else records.start or 0
            if records.follows is None or records.follows > expected:
                # To go on would be to judge with old state. Raised here, Faust would only log it.
                self._fail(
                    RecoveryError(f"the changelog of partition {records.partition} was read with a hole")
                )
                return
            self._read_to[records.partition] = (records.seek, records.next_offset)
            self._states.apply(records.partition, records.records)

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

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:  # noqa: ARG002
        """Nothing to drop: see `on_rebalance`."""
        await self.call_recover_callbacks()
