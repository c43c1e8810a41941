"""The app stops at the first failure, commits what was finished and nothing else, and reads again what was lost."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import cast

import pytest
from faust.types import TP

from agents.app import WorkerApp
from agents.assembly import build_app
from agents.batches import RecordBatch
from agents.flow import BatchEvent, FreshQueue
from agents.publishing import SendError
from agents.settings import load_settings
from agents.steps import Steps
from agents.transport import BatchConsumerThread

P0 = TP("transactions", 0)
G0 = TP("group-postings", 0)


def _records(*offsets: int, tp: TP = P0) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(offset=n, topic=tp.topic, partition=0, timestamp=0, key=b"k", value=b"v")
        for n in offsets
    ]


@pytest.fixture
async def app() -> AsyncIterator[WorkerApp]:
    built = build_app(load_settings(kafka_bootstrap_servers="127.0.0.1:1", partitions=4))
    built.finalize()
    consumer = built.batches
    built.consumer_generation_id = 1
    built.flow_control.resume()
    consumer.reading.sought(P0, 0)
    yield built
    consumer._thread.thread_loop.close()


def _fetch(app: WorkerApp, *offsets: int, tp: TP = P0) -> RecordBatch:
    batch = app.batches.reading.batch(tp, _records(*offsets, tp=tp))
    batch.generation = app.consumer_generation_id
    return batch


class Doing(Steps):
    def __init__(self, error: Exception | None = None, *, finishes: bool = True) -> None:
        self.taken: list[int] = []
        self._error = error
        self._finishes = finishes

    async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:  # noqa: ARG002
        self.taken.append(batch.records[0].offset)
        if self._error is not None:
            raise self._error
        return self._finishes


async def test_only_what_is_finished_may_be_committed(app: WorkerApp) -> None:
    await app.do(_fetch(app, 0, 1, 2), Doing())
    assert app.batches._new_offset(P0) == 3
    await app.do(_fetch(app, 3), Doing(finishes=False))
    assert app.batches._new_offset(P0) == 3


async def test_a_batch_in_hand_when_a_rebalance_begins_is_still_finished(app: WorkerApp) -> None:
    class Rebalanced(Doing):
        async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:  # noqa: ARG002
            app.batches.reading.forget()
            return await is_ours()

    await app.do(_fetch(app, 0), Rebalanced())
    assert app.batches._new_offset(P0) == 1


async def test_settling_waits_for_the_batches_of_both_streams(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[dict[TP, int]] = []

    async def commit() -> bool:
        commits.append(dict(app.batches._finished))
        return True

    monkeypatch.setattr(app.batches, "commit", commit)
    app.batches.reading.sought(G0, 0)
    doors = {tp: asyncio.Event() for tp in (P0, G0)}

    class Waiting(Doing):
        async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:  # noqa: ARG002
            await doors[batch.tp].wait()
            return True

    doing = [asyncio.ensure_future(app.do(_fetch(app, 0, tp=tp), Waiting())) for tp in (P0, G0)]
    await asyncio.sleep(0)
    assert {batch.tp for batch in app.in_hand} == {P0, G0}
    cast(BatchConsumerThread, app.batches._thread).heard_at_seconds = math.inf
    settling = asyncio.ensure_future(app.settle())
    doors[P0].set()
    await doing[0]
    await asyncio.sleep(0)
    assert not settling.done()
    doors[G0].set()
    await asyncio.gather(*doing, settling)
    assert commits == [{P0: 1, G0: 1}]
    assert app.in_hand == set()


async def test_a_batch_in_hand_for_too_long_is_left_to_the_next_owner(app: WorkerApp) -> None:
    class Overtaken(Doing):
        async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:  # noqa: ARG002
            app._lost = frozenset(app.in_hand)
            return await is_ours()

    await app.do(_fetch(app, 0), Overtaken())
    assert app.batches._new_offset(P0) is None


async def test_a_worker_out_of_touch_with_its_group_waits_for_word_before_it_writes(app: WorkerApp) -> None:
    class Frozen(Doing):
        async def take(self, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:  # noqa: ARG002
            thread = cast(BatchConsumerThread, app.batches._thread)
            thread.heard_at_seconds = -math.inf
            asking = asyncio.ensure_future(is_ours())
            await asyncio.sleep(0)
            assert not asking.done()
            app.consumer_generation_id += 1  # the word: the group has gone on without us
            return await asking

    await app.do(_fetch(app, 0), Frozen())
    assert app.batches._new_offset(P0) is None


async def test_after_a_failure_nothing_more_is_done(app: WorkerApp) -> None:
    doing = Doing(SendError("no acknowledgement"))
    stuck = app.do(_fetch(app, 0), doing)
    stuck.send(None)  # it waits for ever
    assert isinstance(app.failure, SendError)
    assert app.batches._new_offset(P0) is None
    waiting = app.do(_fetch(app, 1), doing)
    waiting.send(None)  # it, too
    assert doing.taken == [0]
    stuck.close()
    waiting.close()


async def test_a_batch_that_waited_until_a_rebalance_began_is_left_to_be_read_again(app: WorkerApp) -> None:
    batch = _fetch(app, 0)
    app.flow_control.suspend()
    await app.do(batch, doing := Doing())
    assert doing.taken == []
    assert app.batches._new_offset(P0) is None


async def test_a_batch_of_an_earlier_generation_is_left_alone(app: WorkerApp) -> None:
    batch = _fetch(app, 0)
    app.consumer_generation_id = 2
    await app.do(batch, doing := Doing())
    assert doing.taken == []


async def test_a_hole_before_a_batch_is_read_again_and_nothing_is_skipped(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[dict[TP, int]] = []

    async def seek_wait(partitions: dict[TP, int]) -> None:
        sought.append(partitions)
        for tp, offset in partitions.items():
            app.batches.reading.sought(tp, offset)

    monkeypatch.setattr(app.batches, "seek_wait", seek_wait)
    doing = Doing()
    await app.do(_fetch(app, 0, 1), doing)
    _fetch(app, 2, 3)  # lost on its way
    late = [_fetch(app, 4, 5), _fetch(app, 6)]
    for batch in late:
        await app.do(batch, doing)
    assert doing.taken == [0]
    assert sought == [{P0: 2}]
    assert app.batches._new_offset(P0) == 2
    await app.do(_fetch(app, 2, 3, 4), doing)
    assert doing.taken == [0, 2]


async def test_a_hole_that_cannot_be_read_again_is_a_failure(
    app: WorkerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def seek_wait(partitions: dict[TP, int]) -> None:
        raise OSError(f"no seek of {len(partitions)}")

    monkeypatch.setattr(app.batches, "seek_wait", seek_wait)
    _fetch(app, 0, 1)  # lost on its way
    stuck = app.do(_fetch(app, 2), doing := Doing())
    stuck.send(None)  # it waits for ever
    assert isinstance(app.failure, OSError)
    assert doing.taken == []
    stuck.close()


async def test_records_read_a_second_time_are_handed_over_for_the_core_to_fence(app: WorkerApp) -> None:
    doing = Doing()
    await app.do(_fetch(app, 0, 1), doing)
    app.batches.reading.sought(P0, 0)
    await app.do(_fetch(app, 0, 1), doing)
    assert doing.taken == [0, 0]


async def test_resuming_the_flow_keeps_what_is_queued_and_void_batches_are_passed_over(
    app: WorkerApp,
) -> None:
    queue = cast(FreshQueue, app.FlowControlQueue(maxsize=16, clear_on_resume=True))
    app.flow_control.resume()
    void = _fetch(app, 0)
    app.batches.reading.sought(P0, 0)
    fresh = _fetch(app, 0)
    for batch in (void, fresh):
        queue.force_put_nowait(cast(BatchEvent, SimpleNamespace(message=SimpleNamespace(value=batch))))
    app.flow_control.suspend()
    app.flow_control.resume()
    event = await queue.get()
    assert event.message.value is cast(object, fresh)


async def test_stock_acknowledgements_commit_nothing(app: WorkerApp) -> None:
    app.batches._acked[P0].append(7)
    assert list(app.batches._filter_tps_with_pending_acks()) == []
