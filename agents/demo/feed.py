"""Sends the simulated bank to the worker's topics: at full speed first, the last stretch at a steady pace."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from typing import Final

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from agents.demo.poison import Poison, poison_of
from agents.settings import Settings
from agents.simulator import SimulatedBank

Message = tuple[bytes | None, bytes | None]
Record = tuple[bytes, bytes, int]
"""Key, value, booked_at in epoch milliseconds."""

_CHUNK: Final = 2_000
_CHUNKS_UNDER_WAY: Final = 8
_AHEAD: Final = 8_000
"""Postings sent and not yet judged: a full batch of every partition, so that the worker seldom waits for us. With more,
partitions are judged days apart, and what members of a group do together is noticed late or not at all."""
_BREATH_SECONDS: Final = 0.02
_TICK_SECONDS: Final = 0.01
_partition_of = DefaultPartitioner()


class Feed:
    """What was sent so far. Every send is awaited before the stretch it belongs to counts as sent."""

    def __init__(self, producer: AIOKafkaProducer, settings: Settings, bank: SimulatedBank) -> None:
        self._producer = producer
        self._settings = settings
        self._bank = bank
        self._partitions = list(range(settings.partitions))
        self._partition_by_key: dict[bytes, int] = {}
        self._records: Iterator[Record] = bank.records()
        self._held: deque[Record] = deque()
        self._poison: list[Poison] = []
        self._under_way: deque[list[Awaitable[object]]] = deque()
        self.sent = 0
        """Records in the postings' topic."""
        self.poison_sent: list[Poison] = []
        self.booked_at_ms = 0
        """Event time of the newest posting sent."""
        self.sent_at_ms: dict[tuple[bytes, int], int] = {}
        """When each posting of the paced stretch was handed over, by key and event time."""

    async def customers(self) -> int:
        """Send the KYC records; how many customers have one, or several."""
        rows = self._bank.customers
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            messages = [(str(row["customer_id"]).encode(), orjson.dumps(row)) for row in part]
            await self._send(self._settings.customers_topic, messages)
        await self._settle()
        return len({row["customer_id"] for row in rows})

    async def full_speed(self, hold_back: int, processed: Callable[[], int]) -> None:
        """Send all but the last `hold_back` postings, never far ahead of what is `processed`; with poison in between."""
        while chunk := await asyncio.to_thread(self._next_chunk, hold_back):
            while self.sent - processed() > _AHEAD:  # noqa: ASYNC110  # what is processed is asked of the worker
                await asyncio.sleep(_BREATH_SECONDS)
            await self._send_postings(chunk)
            await self._send_poison(chunk[-1])
        await self._settle()

    async def paced(self, per_second: int) -> None:
        """Send the postings held back, so many a second, each batch of a few hundredths of a second stamped at its start."""
        started, sent = time.monotonic(), 0
        while self._held:
            due = int((time.monotonic() - started) * per_second) - sent
            chunk = [self._held.popleft() for _ in range(min(due, len(self._held)))]
            if chunk:
                now_ms = time.time_ns() // 1_000_000
                for key, _, booked_at_ms in chunk:
                    self.sent_at_ms.setdefault((key, booked_at_ms), now_ms)
                await self._send_postings(chunk)
                sent += len(chunk)
            await asyncio.sleep(_TICK_SECONDS)
        await self._settle()

    def _next_chunk(self, hold_back: int) -> list[Record]:
        """The next postings that are not among the last: the end is known only once the bank has no more."""
        self._held.extend(islice(self._records, _CHUNK + hold_back - len(self._held)))
        return [self._held.popleft() for _ in range(len(self._held) - hold_back)]

    async def _send_postings(self, chunk: Sequence[Record]) -> None:
        self.booked_at_ms = max(self.booked_at_ms, chunk[-1][2])
        await self._send(self._settings.transactions_topic, [(key, value) for key, value, _ in chunk])
        self.sent += len(chunk)

    async def _send_poison(self, after: Record) -> None:
        """One poisoned record after each chunk, until every kind was sent."""
        if not self.poison_sent and not self._poison:
            self._poison = list(poison_of(after[0], after[1], self._settings.max_record_bytes))
        if self._poison:
            poison = self._poison.pop(0)
            await self._send(self._settings.transactions_topic, [poison[1:]])
            self.poison_sent.append(poison)
            self.sent += 1

    async def _send(self, topic: str, messages: Sequence[Message]) -> None:
        now_ms = time.time_ns() // 1_000_000
        by_partition: dict[int, list[Message]] = {}
        for message in messages:
            by_partition.setdefault(self._partition(message[0]), []).append(message)
        sent: list[Awaitable[object]] = []
        for partition, group in by_partition.items():
            for builder in self._builders(group, now_ms):
                sent.append(await self._producer.send_batch(builder, topic, partition=partition))  # noqa: PERF401
        self._under_way.append(sent)
        while len(self._under_way) > _CHUNKS_UNDER_WAY:
            await asyncio.gather(*self._under_way.popleft())

    def _partition(self, key: bytes | None) -> int:
        if key is None:
            return 0
        partition = self._partition_by_key.get(key)
        if partition is None:
            partition = int(_partition_of(key, self._partitions, self._partitions))
            self._partition_by_key[key] = partition
        return partition

    def _builders(self, messages: Sequence[Message], now_ms: int) -> list[BatchBuilder]:
        builders = [self._producer.create_batch()]
        for key, value in messages:
            if builders[-1].append(timestamp=now_ms, key=key, value=value) is None:
                builders.append(self._producer.create_batch())
                builders[-1].append(timestamp=now_ms, key=key, value=value)
        for builder in builders:
            builder.close()
        return builders

    async def _settle(self) -> None:
        while self._under_way:
            await asyncio.gather(*self._under_way.popleft())
