"""How the demo's own producer and consumer connect."""

import ssl
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from agents.settings import Settings

_BATCH_BYTES = 900_000
_FETCH_WAIT_MS = 50
_GIVE_UP_MS = 15_000


def make_producer(settings: Settings) -> AIOKafkaProducer:
    """A producer for whole record batches."""
    return AIOKafkaProducer(
        **_connection(settings),
        max_batch_size=_BATCH_BYTES,
        request_timeout_ms=_GIVE_UP_MS,
        acks="all",
    )


def make_consumer(settings: Settings) -> AIOKafkaConsumer:
    """A consumer without a group, to which partitions are assigned: see `read_from_start`."""
    return AIOKafkaConsumer(
        **_connection(settings),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        # One fetch is under way at a time: an empty one must not keep the next alert waiting.
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )


def read_from_start(consumer: AIOKafkaConsumer, topics: Iterable[str], partitions: int) -> None:
    """Let it read all of the topics' partitions, from their beginning."""
    consumer.assign([TopicPartition(topic, number) for topic in topics for number in range(partitions)])


def _connection(settings: Settings) -> dict[str, object]:
    options: dict[str, object] = {
        "bootstrap_servers": settings.bootstrap_list,
        "security_protocol": settings.kafka_security_protocol,
        "client_id": f"{settings.app_id}-demo",
    }
    if settings.is_tls:
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    if settings.is_sasl and settings.kafka_password is not None:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_username
        options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return options
