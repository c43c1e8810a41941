"""The five steps, in their order: nothing is stored before it is durable, nothing is finished before it is stored."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest
from faust.types import TP

from agents.batches import RecordBatch
from agents.metrics import Metrics
from agents.publishing import Publisher, SendError
from agents.states import StateStore
from agents.steps import Steps
from monitor.batch import Outcome, Record, Stored
from monitor.engine import Engine


@dataclass(frozen=True)
class Stub:
    offset: int
    topic: str = "transactions"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = b"c1"
    value: bytes | None = b"v"


class OneState(Engine):
    """Gives every customer in a batch the offset of its last record as state."""

    def __init__(self) -> None:
        """Nothing to set up."""

    def process(self, records: Sequence[Record], stored: Stored) -> Outcome:  # noqa: ARG002
        return Outcome(states={record.key or b"": str(record.offset).encode() for record in records})


class Diary(Publisher):
    """Writes down what is sent, and fails where it is told to."""

    def __init__(self, fails_at: str = "") -> None:
        self.done: list[str] = []
        self._fails_at = fails_at

    async def publish(self, outcome: Outcome, source: RecordBatch) -> None:  # noqa: ARG002
        self._note("publish")

    async def append_states(self, partition: int, states: Mapping[bytes, bytes]) -> int:
        self._note("changelog")
        return len(states) + partition

    def _note(self, step: str) -> None:
        if step == self._fails_at:
            raise SendError(step)
        self.done.append(step)


def _batch() -> RecordBatch:
    return RecordBatch(TP("transactions", 0), [Stub(4), Stub(5)], seek=1, start=4, follows=4)


def _says(*answers: bool) -> Callable[[], Awaitable[bool]]:
    """Whether the partition is ours: the answers in turn, the last one for good."""
    left = list(answers)

    async def is_ours() -> bool:
        return left.pop(0) if len(left) > 1 else left[0]

    return is_ours


def _steps(diary: Diary) -> tuple[Steps, StateStore]:
    states = StateStore()
    return Steps(OneState(), states, diary, Metrics()), states


async def test_alerts_go_before_state_and_state_is_stored_last() -> None:
    steps, states = _steps(diary := Diary())
    assert await steps.take(_batch(), _says(True))
    assert diary.done == ["publish", "changelog"]
    assert states.of(0) == {b"c1": b"5"}
    assert states.changelog_offset(0) == 1


@pytest.mark.parametrize("fails_at", ["publish", "changelog"])
async def test_a_failed_send_leaves_the_store_as_it_was(fails_at: str) -> None:
    steps, states = _steps(Diary(fails_at))
    with pytest.raises(SendError):
        await steps.take(_batch(), _says(True))
    assert not states.partitions


async def test_a_partition_that_was_lost_meanwhile_gets_no_state_written() -> None:
    steps, states = _steps(diary := Diary())
    assert not await steps.take(_batch(), _says(False))
    assert diary.done == ["publish"]
    assert not states.partitions


async def test_a_partition_lost_while_the_changelog_is_written_is_not_stored() -> None:
    steps, states = _steps(Diary())
    assert not await steps.take(_batch(), _says(True, False))
    assert not states.partitions


async def test_who_wants_to_know_is_told_of_what_is_finished_and_of_nothing_else() -> None:
    told: list[tuple[int, dict[bytes, bytes]]] = []

    def note(partition: int, outcome: Outcome) -> None:
        told.append((partition, outcome.states))

    steps = Steps(OneState(), StateStore(), Diary(), Metrics(), finished=note)
    assert not await steps.take(_batch(), _says(False))
    assert told == []
    assert await steps.take(_batch(), _says(True))
    assert told == [(0, {b"c1": b"5"})]


async def test_each_stream_is_counted_and_timed_apart() -> None:
    metrics = Metrics()
    steps = Steps(OneState(), StateStore(), Diary(), metrics, "groups")
    await steps.take(_batch(), _says(True))
    for name, count in (("batch_seconds_count", 1), ("state_bytes_count", 1)):
        for stream, expected in (("groups", count), ("customers", None)):
            found = metrics.registry.get_sample_value(f"ledgerwatch_{name}", {"stream": stream})
            assert found == expected
