"""Batches of several partitions are done side by side, those of one partition never."""

import asyncio
from types import SimpleNamespace

from faust.types import TP

from agents.batches import RecordBatch
from agents.lanes import Lanes


def _batch(partition: int, offset: int = 0, topic: str = "transactions") -> RecordBatch:
    tp = TP(topic, partition)
    return RecordBatch(tp, [SimpleNamespace(offset=offset)], seek=1, start=0, follows=0)


class Work:
    """Does batches until it is told that they are done."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int, int]] = []
        self.doors: dict[tuple[str, int, int], asyncio.Event] = {}
        self.given_up: list[tuple[str, int, int]] = []

    async def do(self, batch: RecordBatch) -> None:
        name = (batch.topic, batch.partition, batch.records[0].offset)
        self.begun.append(name)
        self.doors[name] = asyncio.Event()
        try:
            await self.doors[name].wait()
        except asyncio.CancelledError:
            self.given_up.append(name)
            raise


async def _soon() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_other_partitions_begin_while_one_waits() -> None:
    work = Work()
    lanes = Lanes(work.do, most=2)
    await lanes.begin(_batch(0))
    await lanes.begin(_batch(1))
    await _soon()
    assert work.begun == [("transactions", 0, 0), ("transactions", 1, 0)]
    lanes.clear()


async def test_a_partitions_batches_are_done_one_after_the_other_whatever_their_topic() -> None:
    work = Work()
    lanes = Lanes(work.do, most=4)
    await lanes.begin(_batch(0))
    next_one = asyncio.ensure_future(lanes.begin(_batch(0, topic="customers")))
    await _soon()
    assert not next_one.done()
    assert work.begun == [("transactions", 0, 0)]
    work.doors["transactions", 0, 0].set()
    await next_one
    await _soon()
    assert work.begun == [("transactions", 0, 0), ("customers", 0, 0)]
    lanes.clear()


async def test_no_more_than_so_many_are_under_way() -> None:
    work = Work()
    lanes = Lanes(work.do, most=2)
    for partition in (0, 1):
        await lanes.begin(_batch(partition))
    third = asyncio.ensure_future(lanes.begin(_batch(2)))
    await _soon()
    assert not third.done()
    work.doors["transactions", 1, 0].set()
    await third
    await _soon()
    assert work.begun[-1] == ("transactions", 2, 0)
    lanes.clear()


async def test_clearing_gives_up_what_is_under_way() -> None:
    work = Work()
    lanes = Lanes(work.do, most=2)
    await lanes.begin(_batch(0))
    await lanes.begin(_batch(1))
    await _soon()
    lanes.clear()
    await _soon()
    assert work.given_up == [("transactions", 0, 0), ("transactions", 1, 0)]
