"""Brokers for the integration suites."""

from collections.abc import Iterator

import pytest

from tests.integration.kafka import ApacheKafka
from tests.integration.kafka_jars import KafkaUnavailableError


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """One Apache Kafka node for the whole run: every test has topics and groups of its own, by name."""
    try:
        node = ApacheKafka()
    except KafkaUnavailableError as error:
        pytest.skip(str(error))
    with node:
        yield node


@pytest.fixture(autouse=True)
def _kafka_is_up(request: pytest.FixtureRequest) -> None:
    """A test that killed the node and then failed does not take the tests after it down too."""
    if "apache_kafka" in request.fixturenames:
        node = request.getfixturevalue("apache_kafka")
        assert isinstance(node, ApacheKafka)
        node.start()
