"""Small compacted topics that every worker reads whole before it judges anything, and then follows."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from agents.logs import SafeError

Take = Callable[[bytes | None, bytes | None], None]
"""Told the key and the value of each record, in the order of its partition; of a key that is removed, without a value."""

_POLL_MS: Final = 250
_SILENCE_SECONDS: Final = 15.0
_RETRY_SECONDS: Final = 1.0
_REMIND_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


class BroadcastError(SafeError):
    """A topic cannot be read, or no longer; the text says which."""


class Broadcast:
    """One such topic: all its partitions, without a group, from the beginning."""

    def __init__(self, topic: str, take: Take, connection: Mapping[str, Any]) -> None:
        """Nothing is read yet.

        Args:
            topic: its name.
            take: told of every record; of all again whenever the topic is read again.
            connection: how an aiokafka client connects and logs in.
        """
        self.topic = topic
        self._take = take
        self._connection = connection
        self._consumer: AIOKafkaConsumer | None = None

    async def read_whole(self) -> None:
        """Read from the beginning to what each partition's first fetch says is its end.

        That high watermark is right on every broker; asked for its end offsets, the embedded broker answers too little.

        Raises:
            BroadcastError: the broker fell silent before the end.
            KafkaError: the broker cannot be reached or refuses.
        """
        await self.stop()
        consumer = self._consumer = AIOKafkaConsumer(
            self.topic, enable_auto_commit=False, auto_offset_reset="earliest", **self._connection
        )
        await consumer.start()
        ends: dict[object, int] = {}
        heard_at = time.monotonic()
        while True:
            heard = await self._take_some(consumer)
            partitions = consumer.assignment()
            for partition in partitions - ends.keys():
                end = consumer.highwater(partition)
                if end is not None:
                    ends[partition] = end
                    heard = True
            if partitions and partitions == ends.keys():
                positions = [
                    (await consumer.position(partition), ends[partition]) for partition in partitions
                ]
                if all(position >= end for position, end in positions):
                    return
            if heard:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > _SILENCE_SECONDS:
                raise BroadcastError(
                    f"topic {self.topic}: the broker sent nothing for {_SILENCE_SECONDS:.0f} s"
                )

    async def follow(self) -> None:
        """Go on reading, for ever.

        Raises:
            BroadcastError: it was not read whole before.
            KafkaError: the broker refuses.
        """
        if self._consumer is None:
            raise BroadcastError(f"topic {self.topic}: not read yet")
        while True:
            await self._take_some(self._consumer)

    async def stop(self) -> None:
        """Close the connection, if there is one."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _take_some(self, consumer: AIOKafkaConsumer) -> bool:
        batches = await consumer.getmany(timeout_ms=_POLL_MS)
        for records in batches.values():
            for record in records:
                self._take(record.key, record.value)
        return bool(batches)


class Broadcasts:
    """All of a worker's: read whole one after the other, then followed side by side."""

    def __init__(self, topics: Sequence[Broadcast]) -> None:
        self._topics = topics
        self._following: list[asyncio.Task[None]] = []

    async def read_whole(self) -> None:
        """Read all, however long it takes: a broker that does not answer, or refuses, is asked again.

        Raises:
            Exception: a defect of whoever takes the records.
        """
        reminded_at = -_REMIND_SECONDS
        for one in self._topics:
            while True:
                try:
                    await one.read_whole()
                except (BroadcastError, KafkaError, OSError) as error:
                    if time.monotonic() - reminded_at >= _REMIND_SECONDS:
                        reminded_at = time.monotonic()
                        log.warning("topic %s cannot be read, trying again", one.topic, exc_info=error)
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    break

    def follow(self, fail: Callable[[Exception], None]) -> None:
        """Begin to follow all; `fail` is told of the first that cannot be followed any more."""
        self._following = [asyncio.create_task(_watched(one, fail)) for one in self._topics]

    async def stop(self) -> None:
        """Read no more. A broker that does not answer is not waited for."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        closing = [asyncio.create_task(one.stop()) for one in self._topics]
        if closing:
            await asyncio.wait(closing, timeout=_STOP_SECONDS)


async def _watched(one: Broadcast, fail: Callable[[Exception], None]) -> None:
    try:
        await one.follow()
    except Exception as error:  # noqa: BLE001  # whatever it is, going on would be to judge by what is out of date
        fail(error)
