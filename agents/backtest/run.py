"""Both policies' replays: each in a process of its own where there are two cores, one after the other where not."""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from agents.backtest.replayed import Replayed
from agents.logs import SafeError
from agents.policies import read_policy
from agents.replay import replay

Told = Callable[[int, int], None]
"""Told which side (0: A, 1: B) has done how many rows more."""
_TELL_S = 0.1
"""Between two words on how far a process is."""


class BacktestError(SafeError):
    """A replay ended without a result."""


@dataclass(frozen=True)
class Job:
    """One policy's replay. A process reads the policy itself: so nothing but names has to reach it."""

    policy: str
    timezone: str
    transactions: tuple[Path, ...]
    customers: Path | None = None
    positives: frozenset[str] = field(default=frozenset(), repr=False)


def replay_both(
    jobs: tuple[Job, Job], told: Told = lambda _side, _rows: None, cores: int | None = None
) -> tuple[Replayed, Replayed]:
    """Replay both and keep what a comparison needs.

    Args:
        jobs: of A and of B.
        told: called as they go on.
        cores: how many there are; by default as many as this process may use.

    Raises:
        FileError, PolicyError: as in one replay.
        BacktestError: a process ended without a result.
    """
    if (usable_cores() if cores is None else cores) > 1:
        return _in_processes(jobs, told)
    a, b = (_replayed(job, lambda rows, side=side: told(side, rows)) for side, job in enumerate(jobs))  # type: ignore[misc]
    return a, b


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _replayed(job: Job, told: Callable[[int], None]) -> Replayed:
    policy = read_policy(job.policy, job.timezone)
    kept = Replayed(job.policy, policy.id, policy.version)
    replay(
        policy,
        job.transactions,
        outputs={},
        customers=job.customers,
        progress=told,
        watch=lambda outcome: kept.take(outcome, job.positives),
    )
    return kept


def _in_processes(jobs: tuple[Job, Job], told: Told) -> tuple[Replayed, Replayed]:
    # Spawned, not forked: the parent may draw its progress bar from a thread, and forks do not go with threads.
    context = multiprocessing.get_context("spawn")
    sides: dict[Connection, int] = {}
    processes = []
    results: dict[int, Replayed] = {}
    try:
        for side, job in enumerate(jobs):
            ours, theirs = context.Pipe(duplex=False)
            sides[ours] = side
            process = context.Process(target=_work, args=(job, theirs), daemon=True)
            process.start()
            processes.append(process)
            theirs.close()
        while len(results) < len(jobs):
            for ready in wait([connection for connection, side in sides.items() if side not in results]):
                assert isinstance(ready, Connection)
                side = sides[ready]
                said = _said(ready, jobs[side])
                if isinstance(said, Replayed):
                    results[side] = said
                else:
                    told(side, said)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for connection in sides:
            connection.close()
    return results[0], results[1]


def _said(connection: Connection, job: Job) -> int | Replayed:
    try:
        said = connection.recv()
    except EOFError:
        raise BacktestError(f"policy {job.policy}: its replay ended without a result") from None
    if isinstance(said, Exception):
        raise said
    assert isinstance(said, int | Replayed)
    return said


def _work(job: Job, parent: Connection) -> None:
    """In the process: tell how far it is, then what came of it."""
    untold, last = 0, time.monotonic()

    def told(rows: int) -> None:
        nonlocal untold, last
        untold += rows
        now = time.monotonic()
        if now - last >= _TELL_S:
            parent.send(untold)
            untold, last = 0, now

    try:
        kept = _replayed(job, told)
    except KeyboardInterrupt:
        return  # the parent was interrupted too, and says so
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent raises it
        parent.send(error)
        return
    parent.send(untold)
    parent.send(kept)
