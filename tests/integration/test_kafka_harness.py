"""The Apache Kafka that other suites stand on: it answers, keeps what it acknowledged, and leaves nothing behind."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from tests.integration.kafka import ApacheKafka
from tests.integration.kafka_jars import KafkaUnavailableError, resolve_jars

_PATIENCE_MS = 30_000


def create_topic(node: ApacheKafka, name: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=node.bootstrap_servers)
    try:
        admin.create_topics([NewTopic(name=name, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()


def publish(node: ApacheKafka, topic: str, values: Sequence[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=node.bootstrap_servers, acks="all")
    try:
        for sent in [producer.send(topic, value=value) for value in values]:
            sent.get(timeout=_PATIENCE_MS / 1000)
    finally:
        producer.close()


def read(node: ApacheKafka, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        bootstrap_servers=node.bootstrap_servers,
        auto_offset_reset="earliest",
        consumer_timeout_ms=_PATIENCE_MS,
    )
    try:
        consumer.assign([TopicPartition(topic, 0)])
        values: list[bytes] = []
        for record in consumer:
            values.append(record.value)
            if len(values) == count:
                break
        return values
    finally:
        consumer.close()


def test_what_is_published_can_be_read_in_order(apache_kafka: ApacheKafka) -> None:
    create_topic(apache_kafka, "harness-round-trip")
    sent = [b"first", b"second", b"third"]

    publish(apache_kafka, "harness-round-trip", sent)

    assert read(apache_kafka, "harness-round-trip", 3) == sent


def test_a_killed_node_comes_back_at_its_address_with_what_it_acknowledged(apache_kafka: ApacheKafka) -> None:
    create_topic(apache_kafka, "harness-kill")
    publish(apache_kafka, "harness-kill", [b"before"])
    address = apache_kafka.bootstrap_servers

    apache_kafka.kill()
    assert apache_kafka.pid is None
    apache_kafka.start()
    publish(apache_kafka, "harness-kill", [b"after"])

    assert apache_kafka.bootstrap_servers == address
    assert read(apache_kafka, "harness-kill", 2) == [b"before", b"after"]


@pytest.mark.kafka
def test_leaving_the_context_leaves_no_process_and_no_data() -> None:
    try:
        node = ApacheKafka()
    except KafkaUnavailableError as error:
        pytest.skip(str(error))

    with node:
        pid = node.pid
        assert pid is not None
        folder = node._folder
        assert folder.is_dir()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()


def test_a_machine_without_maven_is_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "java").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(KafkaUnavailableError, match="Apache Maven is not installed"):
        resolve_jars()
