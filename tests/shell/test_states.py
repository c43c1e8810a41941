"""State is held by partition, and gone when the partition is."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from agents.states import StateStore


@dataclass(frozen=True)
class Stored:
    key: bytes | None
    value: bytes | None
    offset: int
    topic: str = "customer-state"
    partition: int = 0
    timestamp: int = 0


def test_an_unknown_customer_has_no_state() -> None:
    assert StateStore().of(0).get(b"c1") is None


def test_what_is_kept_is_found_with_the_offset_it_is_durable_at() -> None:
    store = StateStore()
    store.keep(0, {b"c1": b"one"}, 7)
    assert store.of(0).get(b"c1") == b"one"
    assert store.changelog_offset(0) == 7


def test_the_same_key_in_two_partitions_has_two_states() -> None:
    store = StateStore()
    store.keep(0, {b"c1": b"one"}, 7)
    assert store.of(1).get(b"c1") is None


def test_a_lost_partition_takes_its_keys_and_its_offset_along() -> None:
    store = StateStore()
    store.keep(0, {b"c1": b"one"}, 7)
    store.keep(1, {b"c2": b"two"}, 8)
    store.retain([1])
    assert store.partitions == {1}
    assert store.changelog_offset(0) is None
    assert store.of(0).get(b"c1") is None
    assert store.of(1).get(b"c2") == b"two"


def test_recovered_state_replaces_what_was_held() -> None:
    store = StateStore()
    store.keep(0, {b"c1": b"old"}, 7)
    store.apply(0, [Stored(b"c1", b"new", 8)])
    assert store.of(0).get(b"c1") == b"new"
    assert store.changelog_offset(0) == 8


def test_a_tombstone_removes_its_customer() -> None:
    store = StateStore()
    store.apply(0, [Stored(b"c1", b"one", 0)])
    store.apply(0, [Stored(b"c1", None, 1)])
    assert len(store) == 0


_CHANGES = st.lists(
    st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.one_of(st.none(), st.binary(max_size=2))), max_size=20
)


@given(_CHANGES, st.integers(1, 7))
def test_recovery_gives_the_newest_value_of_each_key_however_it_is_cut(
    changes: list[tuple[bytes, bytes | None]], size: int
) -> None:
    records = [Stored(key, value, offset) for offset, (key, value) in enumerate(changes)]
    store = StateStore()
    for start in range(0, len(records), size):
        store.apply(0, records[start : start + size])
    newest = dict(changes)
    assert store.of(0) == {key: value for key, value in newest.items() if value is not None}
