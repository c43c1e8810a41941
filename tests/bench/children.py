"""The processes that are compared, one after the other on one broker, and what they read."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from agents.embedded_broker import EmbeddedBroker
from agents.settings import Settings, load_settings, variable
from agents.topics import admin_client, create_topics
from tests.bench.crowd import Message
from tests.bench.progress import VARIABLE, Sample, read_samples

PARTITIONS: Final = 8
_ROOT: Final = Path(__file__).parents[2]
_BATCH_BYTES: Final = 900_000
_UNDER_WAY: Final = 8
_STOP_SECONDS: Final = 12.0
_POLL_SECONDS: Final = 0.1
_TAIL_CHARS: Final = 3_000
_partition_of = DefaultPartitioner()


class BenchError(Exception):
    """A process ended, or did not get anywhere; the text says which."""


class Child:
    """A module run as a process. Use `running`."""

    def __init__(self, process: subprocess.Popen[bytes], notes: Path, log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._notes = notes
        self._log = log

    def samples(self, what: str) -> list[Sample]:
        """What it noted."""
        return read_samples(self._notes, what)

    def wait_for(self, what: str, count: int, within_seconds: float, *, must: bool = True) -> list[Sample]:
        """Until it has done `count`.

        Raises:
            BenchError: it ended, or had not in time (unless not `must`).
        """
        deadline = time.monotonic() + within_seconds
        while not (samples := self.samples(what)) or samples[-1].done < count:
            if self._process.poll() is not None:
                raise BenchError(f"a process ended with code {self._process.returncode}: {self._tail()}")
            if time.monotonic() > deadline:
                if must or not samples:
                    done = samples[-1].done if samples else 0
                    msg = f"{done:,} of {count:,} {what} after {within_seconds:.0f} s: {self._tail()}"
                    raise BenchError(msg)
                break
            time.sleep(_POLL_SECONDS)
        return samples

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-_TAIL_CHARS:]


@contextmanager
def running(module: str, settings: Settings, folder: Path, **environment: str) -> Iterator[Child]:
    """Run a module of this package; ended by its process id when left, however it is left."""
    name = module.rpartition(".")[2]
    notes, log = folder / f"{name}.notes", folder / f"{name}.log"
    notes.unlink(missing_ok=True)
    told = {
        variable(field): str(value)
        for field in type(settings).model_fields
        if (value := getattr(settings, field)) is not None
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, **told, VARIABLE: str(notes), "PYTHONPATH": str(_ROOT), **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Child(process, notes, log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings_for(broker: EmbeddedBroker, folder: Path, prefix: str = "") -> Settings:
    """Settings of a worker; `prefix` gives it a group and topics of its own, but for the postings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return load_settings(
        kafka_bootstrap_servers=broker.bootstrap_servers,
        app_id=f"{prefix}ledgerwatch",
        alerts_topic=f"{prefix}alerts",
        dead_letters_topic=f"{prefix}dead-letters",
        state_topic=f"{prefix}ledgerwatch-customers-changelog",
        partitions=PARTITIONS,
        web_port=port,
        data_dir=folder / "data",
        log_format="text",
    )


def declare(settings: Settings) -> None:
    """Create the topics that are missing."""
    with admin_client(settings) as admin:
        create_topics(settings, admin)


def step_seconds(settings: Settings) -> dict[str, float]:
    """How long the worker took for each step, as its metrics say."""
    with urllib.request.urlopen(f"http://127.0.0.1:{settings.web_port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    start = 'ledgerwatch_step_seconds_sum{step="'
    lines = [line for line in lines if 'stream="customers"' in line]
    return {
        line.removeprefix(start).partition('"')[0]: float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith(start)
    }


async def load(settings: Settings, topic: str, messages: Iterable[Message]) -> None:
    """Send everything, as record batches; the last record of each partition alone, as the embedded broker needs it."""
    groups: dict[int, list[Message]] = {}
    places: list[int] = list(range(PARTITIONS))
    for message in messages:
        groups.setdefault(int(_partition_of(message[0], places, places)), []).append(message)
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, max_batch_size=_BATCH_BYTES, acks="all"
    ) as producer:
        sent: list[Awaitable[object]] = []
        for partition, group in groups.items():
            for part in (group[:-1], group[-1:]):
                for builder in builders(producer, part):
                    sent.append(await producer.send_batch(builder, topic, partition=partition))
                    if len(sent) >= _UNDER_WAY:
                        await asyncio.gather(*sent)
                        sent.clear()
        await asyncio.gather(*sent)


def builders(producer: AIOKafkaProducer, messages: Iterable[Message]) -> list[BatchBuilder]:
    """The messages as closed batches, stamped now."""
    now_ms = time.time_ns() // 1_000_000
    made: list[BatchBuilder] = []
    for key, value in messages:
        if not made or made[-1].append(timestamp=now_ms, key=key, value=value) is None:
            made.append(producer.create_batch())
            made[-1].append(timestamp=now_ms, key=key, value=value)
    for builder in made:
        builder.close()
    return made
