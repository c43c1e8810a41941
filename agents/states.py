"""The customers' state that this worker holds: encoded for every customer, decoded for those seen lately."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from monitor.customer_state import CustomerState, decode
from monitor.engine import Record


class StateStore:
    """State by partition: what a partition's loss takes away is one dictionary, and nothing else is searched.

    `encoded` costs the stored bytes and about 200 more per customer; `decoded` some ten times the stored bytes, for at
    most `capacity` customers.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._encoded: dict[int, dict[bytes, bytes]] = {}
        # By partition too: a key that a producer sent to two partitions has two states, each with its own offsets.
        self._decoded: OrderedDict[tuple[int, bytes], CustomerState] = OrderedDict()
        self._changelog_offsets: dict[int, int] = {}

    def __len__(self) -> int:
        return sum(len(customers) for customers in self._encoded.values())

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions of which state is held."""
        return frozenset(self._encoded) | frozenset(self._changelog_offsets)

    @property
    def decoded_count(self) -> int:
        """How many customers are decoded."""
        return len(self._decoded)

    def changelog_offset(self, partition: int) -> int | None:
        """Offset of the newest changelog record that is in here; `None`: nothing was read yet."""
        return self._changelog_offsets.get(partition)

    def encoded(self, partition: int) -> Mapping[bytes, bytes]:
        """The stored form by key."""
        return self._encoded.get(partition, {})

    def view(self, partition: int) -> "PartitionStates":
        """A source of decoded state for one batch of the partition."""
        return PartitionStates(partition, self._encoded.setdefault(partition, {}), self._decoded)

    def apply(self, partition: int, records: Sequence[Record]) -> None:
        """Take over changelog records, in offset order: a null value removes its customer."""
        if not records:
            return
        customers = self._encoded.setdefault(partition, {})
        newest = {record.key: record.value for record in records if record.key is not None}
        removed = [key for key, value in newest.items() if value is None]
        customers.update({key: value for key, value in newest.items() if value is not None})
        for key in removed:
            customers.pop(key, None)
        # What is decoded was decoded from what may now be replaced.
        self._forget_decoded(partition, newest)
        self._changelog_offsets[partition] = records[-1].offset

    def keep(
        self,
        partition: int,
        states: Mapping[bytes, CustomerState],
        encoded: Mapping[bytes, bytes],
        offset: int,
    ) -> None:
        """Store what a batch touched, after the changelog has it up to `offset`."""
        self._encoded.setdefault(partition, {}).update(encoded)
        self._changelog_offsets[partition] = max(offset, self._changelog_offsets.get(partition, -1))
        decoded = self._decoded
        for key, state in states.items():
            name = (partition, key)
            decoded[name] = state
            decoded.move_to_end(name)
        while len(decoded) > self._capacity:
            decoded.popitem(last=False)

    def forget_decoded(self) -> None:
        """Drop everything decoded: the engine may have changed it in place for a batch that was given up."""
        self._decoded.clear()

    def retain(self, partitions: Iterable[int]) -> None:
        """Drop every other partition, decoded and encoded."""
        kept = set(partitions)
        for partition in self.partitions - kept:
            self._encoded.pop(partition, None)
            self._changelog_offsets.pop(partition, None)
        self._decoded = OrderedDict((name, state) for name, state in self._decoded.items() if name[0] in kept)

    def _forget_decoded(self, partition: int, keys: Iterable[bytes]) -> None:
        if self._decoded:
            for key in keys:
                self._decoded.pop((partition, key), None)


class PartitionStates:
    """The engine's `StateSource` for one batch: one object per customer, however often it is asked for."""

    def __init__(
        self,
        partition: int,
        encoded: Mapping[bytes, bytes],
        decoded: OrderedDict[tuple[int, bytes], CustomerState],
    ) -> None:
        self._partition = partition
        self._encoded = encoded
        self._decoded = decoded
        self._loaded: dict[bytes, CustomerState] = {}
        self.hits = 0
        self.misses = 0

    def load(self, key: bytes) -> CustomerState:
        """The customer's state, to be changed in place; a new one if none is stored.

        Raises:
            StateFormatError: the stored bytes are of another version, or damaged.
        """
        state = self._loaded.get(key)
        if state is not None:
            return state
        state = self._decoded.get((self._partition, key))
        if state is not None:
            self.hits += 1
        else:
            self.misses += 1
            raw = self._encoded.get(key)
            state = CustomerState() if raw is None else decode(raw)
        self._loaded[key] = state
        return state
