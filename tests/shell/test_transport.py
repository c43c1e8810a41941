"""Batches form a chain: whatever was lost, or read twice, between broker and agent is noticed.

fetched:   [0 1 2] [3 4] [5 6 7]
follows:    0       3     5         each begins where the one before ended
"""

from dataclasses import dataclass

import pytest
from faust.types import TP

from agents.batches import Reading, RecordBatch

P0 = TP("transactions", 0)


@dataclass(frozen=True)
class Stub:
    offset: int
    topic: str = "transactions"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = b"k"
    value: bytes | None = b"v"


def _fetch(reading: Reading, *offsets: int) -> RecordBatch:
    return reading.batch(P0, [Stub(offset) for offset in offsets])


def test_each_batch_follows_the_one_before() -> None:
    reading = Reading()
    reading.sought(P0, 10)
    first, second = _fetch(reading, 10, 11), _fetch(reading, 12)
    assert (first.start, first.follows, first.next_offset) == (10, 10, 12)
    assert (second.follows, second.next_offset) == (12, 13)


def test_offsets_that_compaction_removed_are_no_hole() -> None:
    reading = Reading()
    reading.sought(P0, 0)
    first, second = _fetch(reading, 4), _fetch(reading, 9)
    assert first.follows == 0
    assert second.follows == first.next_offset


def test_a_seek_voids_what_was_fetched_before_it() -> None:
    reading = Reading()
    reading.sought(P0, 0)
    before = _fetch(reading, 0, 1)
    assert reading.is_current(before)
    reading.sought(P0, 0)
    after = _fetch(reading, 0, 1)
    assert not reading.is_current(before)
    assert reading.is_current(after)


def test_a_seek_of_one_partition_leaves_the_others() -> None:
    reading = Reading()
    reading.sought(P0, 0)
    batch = _fetch(reading, 0)
    reading.sought(TP("transactions", 1), 0)
    assert reading.is_current(batch)


@pytest.mark.parametrize("sought_before", [True, False])
def test_nothing_fetched_between_a_new_assignment_and_its_seek_counts(sought_before: bool) -> None:
    reading = Reading()
    if sought_before:
        reading.sought(P0, 0)
    early = _fetch(reading, 0)
    reading.forget()
    between = _fetch(reading, 1)
    assert not reading.is_current(early)
    assert not reading.is_current(between)
    reading.sought(P0, 0)
    assert not reading.is_current(between)
