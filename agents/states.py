"""The state of customers, or of groups, that this worker holds, in its stored form: the engine decodes what a batch needs."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.batch import Record


class StateStore:
    """State by partition: what a partition's loss takes away is one dictionary, and nothing is searched.

    Costs the stored bytes and about 250 more per key. A key that a producer sent to two partitions has two states,
    each with its own offsets.
    """

    def __init__(self) -> None:
        self._states: dict[int, dict[bytes, bytes]] = {}
        self._changelog_offsets: dict[int, int] = {}

    def __len__(self) -> int:
        return sum(len(states) for states in self._states.values())

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions of which state is held."""
        return frozenset(self._states) | frozenset(self._changelog_offsets)

    def changelog_offset(self, partition: int) -> int | None:
        """Offset of the newest changelog record that is in here; `None`: nothing was read yet."""
        return self._changelog_offsets.get(partition)

    def of(self, partition: int) -> Mapping[bytes, bytes]:
        """The states of the partition by customer, or by group."""
        return self._states.get(partition, {})

    def apply(self, partition: int, records: Sequence[Record]) -> None:
        """Take over changelog records, in offset order: a null value removes its key."""
        if not records:
            return
        states = self._states.setdefault(partition, {})
        newest = {record.key: record.value for record in records if record.key is not None}
        states.update({key: value for key, value in newest.items() if value is not None})
        for key, value in newest.items():
            if value is None:
                states.pop(key, None)
        self._changelog_offsets[partition] = records[-1].offset

    def keep(self, partition: int, states: Mapping[bytes, bytes], offset: int) -> None:
        """Store what a batch gave, after the changelog has it up to `offset`."""
        self._states.setdefault(partition, {}).update(states)
        self._changelog_offsets[partition] = max(offset, self._changelog_offsets.get(partition, -1))

    def retain(self, partitions: Iterable[int]) -> None:
        """Drop every other partition."""
        for partition in self.partitions - set(partitions):
            self._states.pop(partition, None)
            self._changelog_offsets.pop(partition, None)
