"""How record batches get from the transport to the agent: passed on as they are, and not at all once they are void."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from faust.app.base import App
from faust.events import Event
from faust.serializers.schemas import Schema
from faust.types import AppT, EventT, Message
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from agents.batches import RecordBatch

BatchEvent = EventT[RecordBatch]


class BatchSchema(Schema[None, RecordBatch]):
    """Passes the batch on as the event's value. Faust's own would run a serializer over it."""

    def compile(self, app: AppT, **_kwargs: Any) -> Callable[..., Awaitable[BatchEvent]]:
        """A decoder that decodes nothing: the core does, and never raises."""

        async def decode(message: Message, *, propagate: bool = False) -> BatchEvent:  # noqa: ARG001
            return Event(cast(App, app), None, message.value, None, message)

        return decode


class KeepingFlowControl(FlowControlEvent):
    """Resumes the flow and keeps what is queued: stock clears every queue, also of what was just read the right way."""

    def resume(self) -> None:
        """Let queues be filled again."""
        self._suspend.clear()
        self._resume.set()


class FreshQueue(ThrowableQueue[BatchEvent]):
    """Gives out no batch that a rebalance or a seek has made void."""

    is_fresh: Callable[[RecordBatch], bool]

    async def get(self) -> BatchEvent:
        """The next one that counts."""
        while True:
            event: BatchEvent = await super().get()
            if self.is_fresh(batch_of(event)):
                return event


def batch_of(event: BatchEvent) -> RecordBatch:
    """The batch of a changelog event."""
    return cast(RecordBatch, event.message.value)
