"""Publishing a simulated bank to the topics of a real broker."""

import time
from typing import Final

from kafka import KafkaProducer

from agents.settings import Settings
from agents.simulator import SimulatedBank
from agents.simulator.files import Progress
from agents.topics import admin_client, check_topics, client_options
from schemas import Customer

_STEP: Final = 1_000
_CLOSE_SECONDS: Final = 5.0


def publish_bank(settings: Settings, bank: SimulatedBank, rate: int | None, *, progress: Progress) -> int:
    """Customers first, then postings in the order of event time; at most `rate` postings a second, if given.

    Returns:
        The number of postings, all acknowledged.

    Raises:
        BrokerUnreachableError: no broker answered.
        TopicsError: a topic is missing or unfit.
        KafkaError: a send failed.
    """
    with admin_client(settings) as admin:
        check_topics(settings, admin)
    producer = KafkaProducer(acks="all", linger_ms=20, batch_size=262_144, **client_options(settings))
    sender = _Sender(producer)
    count = 0
    try:
        for row in bank.customers:
            customer = Customer.model_validate(row)
            sender.send(settings.customers_topic, customer.customer_id.encode(), customer.to_json())
        sender.settle()
        started = time.monotonic()
        for key, value, _booked_at_ms in bank.records():
            sender.send(settings.transactions_topic, key, value)
            count += 1
            if count % _STEP == 0:
                progress(count)
            if rate is not None and count % min(rate, _STEP) == 0:
                time.sleep(max(0.0, started + count / rate - time.monotonic()))
        sender.settle()
    finally:
        producer.close(timeout=_CLOSE_SECONDS)
    progress(count)
    return count


class _Sender:
    """Notes what was not acknowledged: the producer's own `flush` says nothing of it."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer
        self._failures: list[Exception] = []

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        self._raise()
        self._producer.send(topic, key=key, value=value).add_errback(self._failures.append)

    def settle(self) -> None:
        self._producer.flush()
        self._raise()

    def _raise(self) -> None:
        if self._failures:
            raise self._failures[0]
