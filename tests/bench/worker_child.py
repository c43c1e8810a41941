"""The worker itself, as `ledgerwatch worker` runs it, but that two methods note how far it is: once per record batch."""

import sys
from collections.abc import Awaitable, Callable, Sequence

from agents.batches import RecordBatch
from agents.settings import load_settings
from agents.states import StateStore
from agents.steps import Steps
from agents.worker import run_worker
from monitor.batch import Record
from tests.bench.progress import Notes


def _main() -> int:
    notes = Notes()
    take, apply = Steps.take, StateStore.apply

    async def noting_take(self: Steps, batch: RecordBatch, is_ours: Callable[[], Awaitable[bool]]) -> bool:
        finished = await take(self, batch, is_ours)
        if finished and batch.topic == "transactions":
            notes.add("judged", len(batch.records), at_once=True)
        return finished

    def noting_apply(self: StateStore, partition: int, records: Sequence[Record]) -> None:
        apply(self, partition, records)
        notes.add("recovered", len(records), at_once=True)

    Steps.take = noting_take  # type: ignore[method-assign]  # the place where a batch is done
    StateStore.apply = noting_apply  # type: ignore[method-assign]  # and where one is recovered
    return run_worker(load_settings())


if __name__ == "__main__":
    sys.exit(_main())
