"""Reading the dead letters, and sending their originals again."""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from pydantic import ValidationError

from agents.logs import SafeError
from agents.settings import Settings
from agents.topics import admin_client, client_options
from schemas import DeadLetter

_POLL_MS: Final = 500
_SILENCE_SECONDS: Final = 30.0
_CLOSE_SECONDS: Final = 5.0
_UNDER_WAY: Final = 500
_MOST_BYTES: Final = 32 * 1024 * 1024


class DeadLettersError(SafeError):
    """The dead letters cannot be read to their end; the text says why."""


@dataclass
class SendResult:
    """What was sent again; `not_sent` has one line for each original that could not be."""

    sent: int = 0
    not_sent: list[str] = field(default_factory=list)


def read_dead_letters(
    settings: Settings, reason: str | None = None, *, unreadable: Callable[[str], None]
) -> Iterator[DeadLetter]:
    """Every dead letter that is in the topic now, each once, those of `reason` if given.

    A partition's oldest comes first.

    Args:
        settings: which broker and topic.
        reason: None for all.
        unreadable: told of each record that is no dead letter, by its coordinates.

    Raises:
        BrokerUnreachableError: no broker answered.
        DeadLettersError: there is no such topic, or the broker fell silent before its end.
    """
    # Not a generator itself: what is wrong at the start is said at the call.
    return _read(settings, _partitions(settings), reason, unreadable)


def _read(
    settings: Settings,
    partitions: list[TopicPartition],
    reason: str | None,
    unreadable: Callable[[str], None],
) -> Iterator[DeadLetter]:
    seen: set[bytes] = set()
    with closing(_consumer(settings)) as consumer:
        for record in _until_the_end(consumer, partitions):
            try:
                letter = DeadLetter.model_validate_json(record.value or b"")
            except ValidationError:
                unreadable(f"{record.topic}-{record.partition}-{record.offset} is no dead letter")
                continue
            key = letter.message_key()
            if key not in seen and reason in (None, letter.reason.value):
                yield letter
            seen.add(key)


def without_repetitions(letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
    """Of originals that are the same bytes, the first: what is sent again and fails again is a second dead letter."""
    seen = set()
    for letter in letters:
        original = (letter.source_topic, letter.key, letter.value_bytes, letter.value_sha256)
        if original not in seen:
            seen.add(original)
            yield letter


def send_again(settings: Settings, letters: Iterable[DeadLetter]) -> SendResult:
    """Send each original to the partition that it came from, under its key, and wait until all are acknowledged.

    Raises:
        KafkaError: a send failed; what was sent before it stays sent.
    """
    result = SendResult()
    under_way: deque[Any] = deque()
    options = client_options(settings)
    producer = KafkaProducer(acks="all", max_request_size=_MOST_BYTES, **options)
    try:
        for letter in letters:
            try:
                value = _original(settings, letter)
                sending = producer.send(
                    letter.source_topic,
                    key=letter.original_key(),
                    value=value,
                    partition=letter.source_partition,
                )
            except (DeadLettersError, ValueError) as error:
                # ValueError: what has neither key nor value no producer takes, and none could judge.
                result.not_sent.append(f"{letter.message_key().decode()} is not sent: {error}")
                continue
            under_way.append(sending)
            while len(under_way) > _UNDER_WAY:
                under_way.popleft().get(timeout=settings.send_timeout_seconds)
                result.sent += 1
        for sending in under_way:
            sending.get(timeout=settings.send_timeout_seconds)
            result.sent += 1
    finally:
        producer.close(timeout=_CLOSE_SECONDS)
    return result


def _original(settings: Settings, letter: DeadLetter) -> bytes | None:
    """The source record's whole value: one too long to be kept is read where it came from."""
    if not letter.truncated:
        return letter.original_value()
    source = TopicPartition(letter.source_topic, letter.source_partition)
    with closing(_consumer(settings)) as consumer:
        consumer.assign([source])
        consumer.seek(source, letter.source_offset)
        for record in _until_the_end(consumer, [source], is_sought=True):
            value = bytes(record.value or b"")
            if record.offset == letter.source_offset and (
                hashlib.sha256(value).hexdigest() == letter.value_sha256
            ):
                return value
            break
    raise DeadLettersError("its original is no longer in its topic")


def _partitions(settings: Settings) -> list[TopicPartition]:
    topic = settings.dead_letters_topic
    with admin_client(settings) as admin:
        [described] = admin.describe_topics([topic])
    partitions = described["partitions"]
    if described["error_code"] or not isinstance(partitions, list) or not partitions:
        raise DeadLettersError(f"topic {topic} is missing: `ledgerwatch topics create` makes it")
    return [TopicPartition(topic, number) for number in range(len(partitions))]


def _until_the_end(
    consumer: KafkaConsumer, partitions: list[TopicPartition], *, is_sought: bool = False
) -> Iterator[Any]:
    """The records from the beginning to what each partition's first fetch says is its end.

    That high watermark is right on every broker; asked for its end offsets, the embedded broker answers too little.
    What comes while this reads is left for the next time, so that it ends even if the records never do.
    """
    if not is_sought:
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
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
            raise DeadLettersError(
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
        max_partition_fetch_bytes=_MOST_BYTES,
        **client_options(settings),
    )
