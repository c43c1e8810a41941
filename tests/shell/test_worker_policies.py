"""A worker judges nothing before it has read what was released, and stops rather than go on without."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from agents.app import WorkerApp
from agents.assembly import build_app
from agents.broadcast import Broadcast, Broadcasts
from agents.health import Phase
from agents.settings import load_settings
from agents.worker import _Life

_SETTINGS = load_settings(kafka_bootstrap_servers="127.0.0.1:1", partitions=4)


class Topic(Broadcast):
    """Is read when it is told to be."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("policies", lambda _key, _value: None, {})
        self.may_end = asyncio.Event()
        self._error = error

    async def read_whole(self) -> None:
        await self.may_end.wait()
        if self._error is not None:
            raise self._error


def _app(topic: Topic) -> WorkerApp:
    app = SimpleNamespace(broadcasts=Broadcasts([topic]), failure=None)
    app.fail = lambda error: setattr(app, "failure", error)
    return cast(WorkerApp, app)


async def test_a_worker_that_is_told_to_stop_while_it_reads_stops() -> None:
    life = _Life(_SETTINGS)
    app = _app(Topic())
    reading = asyncio.create_task(life._read_whole(app))
    await asyncio.sleep(0)
    life._stop.set()
    assert await reading is False
    assert app.failure is None


async def test_a_worker_goes_on_when_all_is_read_and_not_before() -> None:
    life, topic = _Life(_SETTINGS), Topic()
    reading = asyncio.create_task(life._read_whole(_app(topic)))
    await asyncio.sleep(0)
    assert not reading.done()
    topic.may_end.set()
    assert await reading is True


async def test_a_defect_while_reading_fails_the_worker() -> None:
    topic = Topic(ZeroDivisionError())
    topic.may_end.set()
    app = _app(topic)
    assert await _Life(_SETTINGS)._read_whole(app) is False
    assert isinstance(app.failure, ZeroDivisionError)


async def test_a_worker_that_is_reading_is_alive_and_not_ready() -> None:
    life = _Life(_SETTINGS)
    life._health.phase = Phase.READING
    assert life._health.is_alive
    assert not life._health.is_ready


@pytest.mark.parametrize(
    ("of_kafka", "expected"),
    [
        ({}, {"security_protocol": "PLAINTEXT"}),
        (
            {
                "kafka_security_protocol": "SASL_PLAINTEXT",
                "kafka_sasl_mechanism": "SCRAM-SHA-256",
                "kafka_username": "worker",
                "kafka_password": "hunter2",
            },
            {
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-256",
                "sasl_plain_username": "worker",
                "sasl_plain_password": "hunter2",
            },
        ),
        ({"kafka_security_protocol": "SSL"}, {"security_protocol": "SSL"}),
    ],
    ids=["plain", "login", "encrypted"],
)
async def test_the_reader_connects_and_logs_in_as_the_worker_does(
    of_kafka: dict[str, object], expected: dict[str, object]
) -> None:
    settings = load_settings(kafka_bootstrap_servers="a:9092, b:9092", **of_kafka)
    app = build_app(settings)
    topics = app.broadcasts._topics
    assert [topic.topic for topic in topics] == [settings.policies_topic, settings.peers_topic]
    for topic in topics:
        connection = dict(topic._connection)
        assert connection.pop("bootstrap_servers") == ["a:9092", "b:9092"]
        assert (connection.pop("ssl_context", None) is not None) is settings.is_tls
        assert connection == expected
