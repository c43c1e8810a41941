"""What is sent is acknowledged or an error, and keeps its order."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaTimeoutError
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.types import TP

from agents.batches import RecordBatch
from agents.publishing import Publisher, SendError
from monitor.batch import Outcome
from monitor.group_detector import brings
from schemas import DeadLetter, DeadLetterReason
from tests.stories.groups import Groups, fields_of

_SMALL_BATCH_BYTES = 400


class Producer:
    """Takes batches as aiokafka's does: one topic partition's offsets grow by what was sent."""

    def __init__(self, error: Exception | None = None, *, good: int = 0) -> None:
        self._good = good
        self.sent: list[tuple[str, int, int]] = []
        self._error = error
        self._end = 100

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(_SMALL_BATCH_BYTES, 0)

    async def partitions_for(self, topic: str) -> set[int]:  # noqa: ARG002
        return {0, 1, 2}

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[object]:
        assert batch.closed()
        future = asyncio.get_running_loop().create_future()
        if self._error is None or len(self.sent) < self._good:
            future.set_result(SimpleNamespace(offset=self._end))
        else:
            future.set_exception(self._error)
        self.sent.append((topic, partition, batch.record_count()))
        self._end += batch.record_count()
        return future


def _publisher(producer: Producer, *, ends_in_tail_batch: bool = False) -> Publisher:
    get: Callable[[], Producer] = lambda: producer  # noqa: E731
    return Publisher(
        get,
        topics={"alerts": "alerts", "dead-letters": "dead-letters", "group-postings": "group-postings"},
        state_topic="customer-state",
        ends_in_tail_batch=ends_in_tail_batch,
    )


def _states(count: int, size: int = 10) -> dict[bytes, bytes]:
    return {f"c{number}".encode(): b"x" * size for number in range(count)}


async def test_the_offset_answered_is_that_of_the_last_record() -> None:
    producer = Producer()
    assert await _publisher(producer).append_states(2, _states(3)) == 102
    assert producer.sent == [("customer-state", 2, 3)]


async def test_more_than_a_batch_holds_goes_into_several_and_none_is_lost() -> None:
    producer = Producer()
    assert await _publisher(producer).append_states(0, _states(50)) == 149
    assert len(producer.sent) > 1
    assert sum(count for _, _, count in producer.sent) == 50


async def test_a_state_larger_than_a_batch_is_sent_all_the_same() -> None:
    producer = Producer()
    await _publisher(producer).append_states(0, _states(2, size=2 * _SMALL_BATCH_BYTES))
    assert [count for _, _, count in producer.sent] == [1, 1]


@pytest.mark.parametrize(("count", "batches"), [(1, [1]), (2, [1, 1]), (5, [4, 1])])
async def test_for_the_embedded_broker_the_last_batch_has_one_record(count: int, batches: list[int]) -> None:
    producer = Producer()
    offset = await _publisher(producer, ends_in_tail_batch=True).append_states(0, _states(count))
    assert [sent for _, _, sent in producer.sent] == batches
    assert offset == 99 + count


async def test_what_is_not_acknowledged_is_an_error() -> None:
    with pytest.raises(SendError, match="KafkaTimeoutError"):
        await _publisher(Producer(KafkaTimeoutError())).append_states(0, _states(3))


async def test_a_batch_with_nothing_to_say_sends_nothing() -> None:
    producer = Producer()
    await _publisher(producer).publish(
        Outcome(), RecordBatch(TP("transactions", 0), [], seek=1, start=0, follows=0)
    )
    assert producer.sent == []


async def test_dead_letters_are_sent_to_the_partition_of_their_key() -> None:
    letter = DeadLetter.of(
        DeadLetterReason.NULL_KEY,
        "no key",
        topic="transactions",
        partition=1,
        offset=2,
        timestamp_ms=3,
        key=None,
        value=b"{}",
    )
    record = SimpleNamespace(offset=2, topic="transactions", partition=1, timestamp=3, key=None, value=b"{}")
    source = RecordBatch(TP("transactions", 1), [record], seek=1, start=0, follows=0)
    first, second = Producer(), Producer()
    for producer in (first, second):
        await _publisher(producer).publish(Outcome(dead_letters=[letter]), source)
    assert first.sent == second.sent
    assert first.sent[0][0] == "dead-letters"


def _heard(count: int) -> Outcome:
    groups = Groups()
    groups.connect("A")
    acts = [act for number in range(count) for act in brings(100.0 + number, "A", 0)]
    postings = [fields_of(act, f"T{number}") for number, act in enumerate(acts)]
    return Outcome(group_postings=groups.bank.post(*postings).group_postings)


async def test_what_a_group_hears_is_sent_in_its_order_and_nothing_after_what_failed() -> None:
    """A later offset that got through without the earlier ones would fence them."""
    record = SimpleNamespace(offset=2, topic="transactions", partition=1, timestamp=3, key=None, value=b"{}")
    source = RecordBatch(TP("transactions", 1), [record], seek=1, start=0, follows=0)
    whole, broken = Producer(), Producer(KafkaTimeoutError(), good=2)
    await _publisher(whole).publish(_heard(5), source)
    assert [count for _, _, count in whole.sent] == [1] * 5, "one does not fit beside another"
    assert len({partition for _, partition, _ in whole.sent}) == 1
    with pytest.raises(SendError, match="KafkaTimeoutError"):
        await _publisher(broken).publish(_heard(5), source)
    assert len(broken.sent) == 3, "the third failed, and no other was tried"
