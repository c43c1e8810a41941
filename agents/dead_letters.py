"""Reading the dead letters, and sending their originals again."""

from collections.abc import Iterable, Iterator
from typing import Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from agents.logs import SafeError
from agents.settings import Settings
from agents.topics import client_options
from schemas import DeadLetter

_QUIET_MS: Final = 3_000
"""Nothing new for so long: the end of the topic. End offsets are not asked for, the embedded broker's are wrong."""


class SourceGoneError(SafeError):
    """A truncated dead letter's original is no longer at its coordinates."""


def read_dead_letters(settings: Settings, reason: str | None = None) -> Iterator[DeadLetter]:
    """Every dead letter in the topic, each once, those of `reason` if given; by partition, oldest first."""
    consumer = _consumer(settings)
    seen: set[bytes] = set()
    try:
        partitions = consumer.partitions_for_topic(settings.dead_letters_topic) or set()
        assigned = [
            TopicPartition(settings.dead_letters_topic, partition) for partition in sorted(partitions)
        ]
        consumer.assign(assigned)
        if assigned:
            consumer.seek_to_beginning(*assigned)
        for record in consumer:
            letter = DeadLetter.model_validate_json(record.value)
            key = letter.message_key()
            if key not in seen and reason in (None, letter.reason.value):
                yield letter
            seen.add(key)
    finally:
        consumer.close()


def send_again(settings: Settings, letters: Iterable[DeadLetter]) -> int:
    """Send each original to its source topic, under its key, and wait until all are acknowledged.

    Returns:
        How many were sent.

    Raises:
        SourceGoneError: an original that was too large to be kept is no longer in its topic.
        KafkaError: a send failed.
    """
    producer = KafkaProducer(acks="all", max_request_size=32 * 1024 * 1024, **client_options(settings))
    try:
        sent = [
            producer.send(letter.source_topic, key=letter.original_key(), value=_original(settings, letter))
            for letter in letters
        ]
        for future in sent:
            future.get(timeout=settings.send_timeout_seconds)
    finally:
        producer.close()
    return len(sent)


def _original(settings: Settings, letter: DeadLetter) -> bytes | None:
    if not letter.truncated:
        return letter.original_value()
    consumer = _consumer(settings)
    try:
        source = TopicPartition(letter.source_topic, letter.source_partition)
        consumer.assign([source])
        consumer.seek(source, letter.source_offset)
        for record in consumer:
            if record.offset == letter.source_offset:
                return bytes(record.value)
            break
    finally:
        consumer.close()
    raise SourceGoneError(f"the original of {letter.message_key().decode()} is no longer in its topic")


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        enable_auto_commit=False,
        consumer_timeout_ms=_QUIET_MS,
        max_partition_fetch_bytes=32 * 1024 * 1024,
        **client_options(settings),
    )
