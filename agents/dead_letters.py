"""Reading the dead letters, and sending their originals again."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaProducer, TopicPartition
from pydantic import ValidationError

from agents.logs import SafeError
from agents.settings import Settings
from agents.topic_records import MOST_BYTES, TopicRecordsError, records_from, records_of
from agents.topics import client_options
from schemas import DeadLetter

_CLOSE_SECONDS: Final = 5.0
_UNDER_WAY: Final = 500


class DeadLettersError(SafeError):
    """An original cannot be had; the text says why."""


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
        TopicRecordsError: there is no such topic, or the broker fell silent before its end.
    """
    # Not a generator itself: what is wrong at the start is said at the call.
    return _read(records_of(settings, settings.dead_letters_topic), reason, unreadable)


def _read(
    records: Iterator[Any], reason: str | None, unreadable: Callable[[str], None]
) -> Iterator[DeadLetter]:
    seen: set[bytes] = set()
    for record in records:
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
    producer = KafkaProducer(acks="all", max_request_size=MOST_BYTES, **options)
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
            except (DeadLettersError, TopicRecordsError, ValueError) as error:
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
    for record in records_from(settings, source, letter.source_offset):
        value = bytes(record.value or b"")
        if record.offset == letter.source_offset and hashlib.sha256(value).hexdigest() == letter.value_sha256:
            return value
        break
    raise DeadLettersError("its original is no longer in its topic")
