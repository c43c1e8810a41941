"""A worker that kills itself at one exact step: what `kill -9` at a random moment hits once in a thousand times.

Run in a child process by `CODE`, told by the environment which step, and at the how-manieth time.
"""

import os
import signal
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from agents.publishing import Publisher
from agents.settings import load_settings
from agents.states import StateStore
from agents.transport import BatchConsumer
from agents.worker import run_worker
from monitor.batch import Outcome

CODE: Final = "from tests.integration.faults.doomed import main; main()"
STEPS: Final = ("recovering", "sent", "published", "appended", "finished")
"""While the changelog is read; between two record batches of one flush; after alerts or dead letters were acknowledged and
before the state is written; after the state was acknowledged; after the batch was finished and before its commit."""


def doom(step: str, count: int, number: signal.Signals = signal.SIGKILL) -> dict[str, str]:
    """The environment of a worker that sends itself the signal at the step's `count`th time: to die, or to freeze."""
    assert step in STEPS
    return {"DOOM_STEP": step, "DOOM_COUNT": str(count), "DOOM_SIGNAL": str(int(number))}


class _Doom:
    def __init__(self, step: str, count: int, number: int) -> None:
        self._step = step
        self._left = count
        self._signal = number

    def passes(self, step: str) -> None:
        if step == self._step:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), self._signal)


def _arm(doomed: _Doom) -> None:
    send_batch, publish, append = AIOKafkaProducer.send_batch, Publisher.publish, Publisher.append_states
    apply, finish = StateStore.apply, BatchConsumer.finish

    async def sent(producer: AIOKafkaProducer, *args: Any, **kwargs: Any) -> Any:
        acknowledged = await send_batch(producer, *args, **kwargs)
        await acknowledged
        doomed.passes("sent")
        return acknowledged

    async def published(publisher: Publisher, outcome: Outcome, source: Any) -> None:
        await publish(publisher, outcome, source)
        if outcome.alerts or outcome.group_postings:
            doomed.passes("published")

    async def appended(publisher: Publisher, partition: int, states: Any) -> int:
        offset = await append(publisher, partition, states)
        doomed.passes("appended")
        return offset

    def applied(store: StateStore, *args: Any) -> None:
        apply(store, *args)
        doomed.passes("recovering")

    def finished(consumer: BatchConsumer, batch: Any) -> None:
        finish(consumer, batch)
        doomed.passes("finished")

    for owner, name, replacement in (
        (AIOKafkaProducer, "send_batch", sent),
        (Publisher, "publish", published),
        (Publisher, "append_states", appended),
        (StateStore, "apply", applied),
        (BatchConsumer, "finish", finished),
    ):
        setattr(owner, name, replacement)


def main() -> None:
    """Run the worker until it dies."""
    told = os.environ
    _arm(_Doom(told["DOOM_STEP"], int(told["DOOM_COUNT"]), int(told["DOOM_SIGNAL"])))
    raise SystemExit(run_worker(load_settings()))
