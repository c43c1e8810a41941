"""From a posting being sent to its alert being in the investigators' hands, while the worker is half busy.

The postings are sent from, and the alerts read by, this process: on the same cores, so it counts against the worker.
"""

import asyncio
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from agents.embedded_broker import EmbeddedBroker
from agents.settings import Settings
from tests.bench.children import PARTITIONS, BenchError, builders, declare, load, running, settings_for
from tests.bench.crowd import Crowd, Message, Templates
from tests.bench.report import Part

DEFAULT_RATE: Final = 10_000
"""Half of the first target, when the worker's own speed was not measured."""
_SECONDS: Final = 20
_WARM_UP_SECONDS: Final = 3
_TICK_SECONDS: Final = 0.01
_READY_SECONDS: Final = 90.0
_QUIET_SECONDS: Final = 2.0
_READ_MS: Final = 10
_TARGET_MS: Final = 250
_FEWEST: Final = 20
_OK: Final = 200
_partition_of = DefaultPartitioner()


class _Probe:
    """Sends at a steady pace, and notes when; reads alerts, and notes how long ago that was."""

    def __init__(self, settings: Settings, messages: list[Message], per_second: int) -> None:
        self._settings = settings
        self._per_second = per_second
        places = list(range(PARTITIONS))
        # Worked out before, so that pacing is all that is left to do.
        self._due = [(int(_partition_of(key, places, places)), key, value) for key, value in messages]
        self._ids = [orjson.loads(value)["transaction_id"] for _, value in messages]
        self._sent_at: dict[tuple[str, str], float] = {}
        self._first_s = 0.0
        self.latencies_ms: list[float] = []

    async def run(self) -> None:
        """Send everything, and read what comes of it."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=_READ_MS,
        )
        await consumer.start()
        try:
            consumer.assign(
                [TopicPartition(self._settings.alerts_topic, place) for place in range(PARTITIONS)]
            )
            reading = asyncio.create_task(self._read(consumer))
            await self._send()
            await asyncio.sleep(_QUIET_SECONDS)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        finally:
            await consumer.stop()

    async def _send(self) -> None:
        sent = 0
        async with AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers, acks="all"
        ) as producer:
            self._first_s = time.monotonic()
            while sent < len(self._due):
                due = min(len(self._due), int((time.monotonic() - self._first_s) * self._per_second))
                groups: dict[int, list[Message]] = {}
                now = time.monotonic()
                for place in range(sent, due):
                    partition, key, value = self._due[place]
                    groups.setdefault(partition, []).append((key, value))
                    self._sent_at[key.decode(), self._ids[place]] = now
                for partition, group in groups.items():
                    for builder in builders(producer, group):
                        await producer.send_batch(
                            builder, self._settings.transactions_topic, partition=partition
                        )
                sent = due
                await asyncio.sleep(_TICK_SECONDS)
            await producer.flush()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=_READ_MS)).values():
                now = time.monotonic()
                for record in records:
                    self._note(orjson.loads(record.value), now)

    def _note(self, alert: dict[str, object], now: float) -> None:
        """The newest posting in the evidence is the one that made the alert."""
        customer, ids = str(alert["customer_id"]), alert["transaction_ids"]
        assert isinstance(ids, list)
        times = [at for name in ids if (at := self._sent_at.get((customer, name))) is not None]
        if times and max(times) - self._first_s >= _WARM_UP_SECONDS:
            self.latencies_ms.append((now - max(times)) * 1000)


def measure(templates: Templates, customers: int, per_second: int) -> Part:
    """Median and 99th percentile over one run of 20 seconds."""
    crowd = Crowd(templates, customers)
    with TemporaryDirectory() as name, EmbeddedBroker() as broker:
        folder = Path(name)
        settings = settings_for(broker, folder)
        declare(settings)
        asyncio.run(load(settings, settings.state_topic, crowd.states()))
        with running("tests.bench.worker_child", settings, folder):
            _wait_until_ready(settings)
            probe = _Probe(settings, crowd.postings(per_second * _SECONDS), per_second)
            asyncio.run(probe.run())
    found = probe.latencies_ms
    part = Part(
        "latency",
        f"from sending a posting to reading its alert, at {per_second:,} postings/s for {_SECONDS} s, {len(found):,} alerts",
    )
    if len(found) >= _FEWEST:
        steps = quantiles(found, n=100)
        part.add("median", [steps[49]], "ms")
        part.add("99 %", [steps[98]], "ms", at_most=_TARGET_MS)
        part.add("longest", [max(found)], "ms")
    return part


def _wait_until_ready(settings: Settings) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.web_port}/readyz", timeout=5) as answer:
                if answer.status == _OK:
                    return
        except (urllib.error.HTTPError, OSError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        time.sleep(_TICK_SECONDS * 10)
    raise BenchError(f"the worker was not ready within {_READY_SECONDS:.0f} s")
