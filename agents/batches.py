"""Record batches, and the chain that they form: by it, one that was lost on its way is noticed."""

from collections.abc import Sequence

from faust.types import TP

from monitor.batch import Record


class RecordBatch:
    """Records of one partition in offset order, and where they stand in the reading of it.

    `seek` numbers the partition's seeks, `start` is where the last one went, `follows` the offset at which what was
    fetched before ended. A batch that does not follow on from the one finished last shows that one between was lost.
    """

    __slots__ = ("follows", "generation", "partition", "records", "seek", "start", "topic")

    def __init__(
        self, tp: TP, records: Sequence[Record], *, seek: int, start: int | None, follows: int | None
    ) -> None:
        self.topic, self.partition = tp
        self.records = records
        self.seek = seek
        self.start = start
        self.follows = follows
        self.generation = -1
        """Of the consumer group, when the batch was handed over."""

    @property
    def tp(self) -> TP:
        """The topic partition, as Faust names it."""
        return TP(self.topic, self.partition)

    @property
    def next_offset(self) -> int:
        """What to commit when the batch is finished."""
        return self.records[-1].offset + 1


class Reading:
    """How far each partition was fetched since its last seek. Kept by the consumer's thread, read by the main one."""

    def __init__(self) -> None:
        self._seeks: dict[TP, int] = {}
        self._starts: dict[TP, int] = {}
        self._fetched_to: dict[TP, int] = {}

    def sought(self, tp: TP, offset: int) -> None:
        """The partition is read from `offset` from now on: what was fetched before is void."""
        self._seeks[tp] = self._seeks.get(tp, 0) + 1
        self._starts[tp] = self._fetched_to[tp] = offset

    def forget(self) -> None:
        """The assignment changes: nothing that is fetched before the next seek counts."""
        self._starts.clear()
        self._fetched_to.clear()
        for tp in self._seeks:
            self._seeks[tp] += 1

    def batch(self, tp: TP, records: Sequence[Record]) -> RecordBatch:
        """What was just fetched, with its place."""
        batch = RecordBatch(
            tp,
            records,
            seek=self._seeks.get(tp, 0),
            start=self._starts.get(tp),
            follows=self._fetched_to.get(tp),
        )
        self._fetched_to[tp] = batch.next_offset
        return batch

    def is_current(self, batch: RecordBatch) -> bool:
        """Whether the partition was not sought since the batch was fetched."""
        return batch.start is not None and self._seeks.get(batch.tp) == batch.seek
