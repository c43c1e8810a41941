"""Sends a stream, and notes which of its records have to be set aside, by where the broker put them."""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from schemas import DeadLetterReason
from tests.integration.faults.place import Place
from tests.integration.faults.stream import Sent

Due = dict[bytes, DeadLetterReason]
"""Dead letters that have to be there, by their keys."""

_TICK_SECONDS: Final = 0.05
_CALM: Final = 0.15
"""Share of the stream that is sent at once, before the storm begins: the customers' past."""
_FADE_SECONDS: Final = 60.0
"""The rest is sent ever more slowly, so that it does not end before the storm does, however slow the machine."""


async def send_all(place: Place, kind: str, records: Sequence[Sent], *, most_bytes: int = 1_048_576) -> Due:
    """Send all at once, and wait until all are acknowledged."""
    sender = _Sender(place, kind, most_bytes)
    async with sender.producer:
        await sender.hand_over(records)
        return await sender.settle()


async def send_until(place: Place, kind: str, records: Sequence[Sent], is_over: Callable[[], bool]) -> Due:
    """Keep sending until it is over, then send the rest."""
    sender = _Sender(place, kind)
    async with sender.producer:
        sent = math.ceil(len(records) * _CALM)
        await sender.hand_over(records[:sent])
        while not is_over():
            await asyncio.sleep(_TICK_SECONDS)
            portion = math.ceil((len(records) - sent) * _TICK_SECONDS / _FADE_SECONDS)
            await sender.hand_over(records[sent : sent + portion])
            sent += portion
        await sender.hand_over(records[sent:])
        return await sender.settle()


class _Sender:
    def __init__(self, place: Place, kind: str, most_bytes: int = 1_048_576) -> None:
        self._topic = place.topic(kind)
        self._under_way: list[tuple[asyncio.Future[Any], DeadLetterReason | None]] = []
        self.producer = AIOKafkaProducer(
            bootstrap_servers=place.servers, linger_ms=5, max_request_size=most_bytes
        )

    async def hand_over(self, records: Sequence[Sent]) -> None:
        for record in records:
            sending = await self.producer.send(
                self._topic, record.value, key=record.key, partition=record.partition
            )
            self._under_way.append((sending, record.reason))

    async def settle(self) -> Due:
        due: Due = {}
        for sending, reason in self._under_way:
            at = await sending
            if reason is not None:
                due[f"{self._topic}-{at.partition}-{at.offset}".encode()] = reason
        return due
