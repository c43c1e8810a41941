"""The limit: aiokafka hands over records and they are read, nothing else. `BENCH_READER`: orjson, or the core's own."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.policies import read_policy
from agents.settings import Settings, load_settings
from monitor.intake import Intake
from tests.bench.progress import Notes


def _reader(settings: Settings) -> Callable[[Any], object]:
    if os.environ["BENCH_READER"] == "orjson":
        return lambda record: orjson.loads(record.value)
    intake = Intake(read_policy(settings.policy, settings.bank_timezone), settings.max_record_bytes)
    return lambda record: intake.posting(record.key, record.value, record.timestamp)


async def _main() -> None:
    settings, notes = load_settings(), Notes()
    read = _reader(settings)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=settings.fetch_bytes,
    )
    await consumer.start()
    try:
        topic = settings.transactions_topic
        consumer.assign([TopicPartition(topic, partition) for partition in range(settings.partitions)])
        while True:
            fetched = await consumer.getmany(timeout_ms=500, max_records=settings.poll_records)
            for records in fetched.values():
                for record in records:
                    read(record)
                notes.add("judged", len(records), at_once=True)
    finally:
        await consumer.stop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())
