"""Reading a topic to its end, for commands: what is in it now, and no more."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from agents.logs import SafeError
from agents.settings import Settings
from agents.topics import admin_client, client_options

MOST_BYTES: Final = 32 * 1024 * 1024
_POLL_MS: Final = 500
_SILENCE_SECONDS: Final = 30.0


class TopicRecordsError(SafeError):
    """A topic cannot be read to its end; the text says why."""


def records_of(settings: Settings, topic: str) -> Iterator[Any]:
    """Every record of a topic as kafka-python has it, each partition's oldest first.

    Raises:
        BrokerUnreachableError: no broker answered.
        TopicRecordsError: there is no such topic, or the broker fell silent before its end.
    """
    # Not a generator itself: what is wrong at the start is said at the call.
    return _records(settings, _partitions(settings, topic))


def records_from(settings: Settings, partition: TopicPartition, offset: int) -> Iterator[Any]:
    """The records of one partition from that offset on.

    Raises:
        TopicRecordsError: the broker fell silent before the end.
    """
    with closing(_consumer(settings)) as consumer:
        consumer.assign([partition])
        consumer.seek(partition, offset)
        yield from _until_the_end(consumer, [partition])


def _records(settings: Settings, partitions: list[TopicPartition]) -> Iterator[Any]:
    with closing(_consumer(settings)) as consumer:
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        yield from _until_the_end(consumer, partitions)


def _partitions(settings: Settings, topic: str) -> list[TopicPartition]:
    with admin_client(settings) as admin:
        [described] = admin.describe_topics([topic])
    partitions = described["partitions"]
    if described["error_code"] or not isinstance(partitions, list) or not partitions:
        raise TopicRecordsError(f"topic {topic} is missing: `ledgerwatch topics create` makes it")
    return [TopicPartition(topic, number) for number in range(len(partitions))]


def _until_the_end(consumer: KafkaConsumer, partitions: list[TopicPartition]) -> Iterator[Any]:
    """The records to what each partition's first fetch says is its end.

    That high watermark is right on every broker; asked for its end offsets, the embedded broker answers too little.
    What comes while this reads is left for the next time, so that it ends even if the records never do.
    """
    ends: dict[TopicPartition, int] = {}
    open_ones = set(partitions)
    heard_at = time.monotonic()
    while open_ones:
        polled = consumer.poll(timeout_ms=_POLL_MS)
        for partition in open_ones:
            end = consumer.highwater(partition)
            if end is not None:
                ends.setdefault(partition, end)
        for partition, records in polled.items():
            yield from (
                record for record in records if record.offset < ends.get(partition, record.offset + 1)
            )
        done = {p for p in open_ones if p in ends and _position(consumer, p) >= ends[p]}
        if polled or done:
            heard_at = time.monotonic()
        elif time.monotonic() - heard_at > _SILENCE_SECONDS:
            raise TopicRecordsError(
                f"the broker has sent nothing for {_SILENCE_SECONDS:.0f} s: given up midway"
            )
        open_ones -= done
        if done and open_ones:
            consumer.pause(*done)


def _position(consumer: KafkaConsumer, partition: TopicPartition) -> int:
    position = consumer.position(partition, timeout_ms=_POLL_MS)
    return -1 if position is None else int(position)


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MOST_BYTES,
        **client_options(settings),
    )
