"""Batches of several partitions side by side: while one waits for the broker, the next is judged.

Of one partition, whatever its topic, they are done one after the other: a batch needs the states that the one before stored.
"""

import asyncio
from collections.abc import Awaitable, Callable

from agents.batches import RecordBatch


class Lanes:
    """A lane for each partition, of which a few are in use at a time."""

    def __init__(self, do: Callable[[RecordBatch], Awaitable[None]], *, most: int) -> None:
        """Batches come with `begin`.

        Args:
            do: does one batch; raises nothing.
            most: as many are done at a time.
        """
        self._do = do
        self._most = most
        self._busy: dict[int, asyncio.Task[None]] = {}

    async def begin(self, batch: RecordBatch) -> None:
        """Begin with the batch as soon as there is room, and its partition's batch before is done."""
        while batch.partition in self._busy or len(self._busy) >= self._most:
            before = self._busy.get(batch.partition)
            await asyncio.wait(
                self._busy.values() if before is None else {before}, return_when=asyncio.FIRST_COMPLETED
            )
        self._busy[batch.partition] = asyncio.create_task(self._drive(batch))

    async def _drive(self, batch: RecordBatch) -> None:
        try:
            await self._do(batch)
        finally:
            del self._busy[batch.partition]

    def clear(self) -> None:
        """Give up what is under way."""
        for task in self._busy.values():
            task.cancel()
