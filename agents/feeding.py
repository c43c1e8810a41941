"""Publishing a simulated bank to the topics of a real broker."""

import time

from kafka import KafkaProducer

from agents.settings import Settings
from agents.simulator import SimulatedBank
from agents.simulator.files import Progress
from agents.topics import client_options
from schemas import Customer

_STEP = 1_000


def publish_bank(settings: Settings, bank: SimulatedBank, rate: int | None, *, progress: Progress) -> int:
    """Customers first, then postings in the order of event time; at most `rate` postings a second, if given.

    Returns:
        The number of postings, all acknowledged.

    Raises:
        KafkaError: a send failed.
    """
    producer = KafkaProducer(acks="all", linger_ms=20, batch_size=262_144, **client_options(settings))
    count = 0
    try:
        for row in bank.customers:
            customer = Customer.model_validate(row)
            producer.send(
                settings.customers_topic, key=customer.customer_id.encode(), value=customer.to_json()
            )
        producer.flush()
        started = time.monotonic()
        for key, value, _booked_at_ms in bank.records():
            producer.send(settings.transactions_topic, key=key, value=value)
            count += 1
            if count % _STEP == 0:
                progress(count)
                if rate is not None:
                    time.sleep(max(0.0, started + count / rate - time.monotonic()))
        producer.flush()
    finally:
        producer.close()
    progress(count)
    return count
