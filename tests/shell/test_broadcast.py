"""A broadcast topic is read to its end before anything is judged, and a reader that dies is not overlooked."""

import asyncio
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from agents import broadcast
from agents.broadcast import Broadcast, BroadcastError, Broadcasts
from agents.metrics import Metrics
from agents.policies import load, read_policy, standalone_text
from agents.releases import Releases
from monitor.policy_book import PolicyBook
from schemas import PolicyRelease
from schemas.fields import format_instant

_ZONE = "Asia/Shanghai"
_P0, _P1 = TopicPartition("policies", 0), TopicPartition("policies", 1)
_Fetch = Mapping[TopicPartition, list[bytes]] | Exception


class Consumer:
    """Answers each fetch with what was prepared; then with nothing, for ever."""

    def __init__(self, fetches: list[_Fetch], ends: dict[TopicPartition, int]) -> None:
        self._fetches = fetches
        self._ends = ends
        self._positions = dict.fromkeys(ends, 0)
        self.is_stopped = False

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.is_stopped = True

    def assignment(self) -> set[TopicPartition]:
        return set(self._ends)

    def highwater(self, partition: TopicPartition) -> int | None:
        return self._ends[partition]

    async def position(self, partition: TopicPartition) -> int:
        return self._positions[partition]

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[SimpleNamespace]]:  # noqa: ARG002
        await asyncio.sleep(0)
        fetch = self._fetches.pop(0) if self._fetches else {}
        if isinstance(fetch, Exception):
            raise fetch
        for partition, values in fetch.items():
            self._positions[partition] += len(values)
        return {
            partition: [SimpleNamespace(key=b"k", value=value) for value in values]
            for partition, values in fetch.items()
        }


@pytest.fixture
def consumers(monkeypatch: pytest.MonkeyPatch) -> list[Consumer]:
    """Those that will be made, one after the other."""
    prepared: list[Consumer] = []
    made = iter(prepared)
    monkeypatch.setattr(broadcast, "AIOKafkaConsumer", lambda *_, **__: next(made))
    monkeypatch.setattr(broadcast, "_RETRY_SECONDS", 0)
    return prepared


def _topic(seen: list[bytes | None]) -> Broadcast:
    return Broadcast("policies", lambda _key, value: seen.append(value), {})


async def test_reading_whole_ends_when_every_partition_is_at_its_end(consumers: list[Consumer]) -> None:
    seen: list[bytes | None] = []
    consumers.append(Consumer([{_P0: [b"a"]}, {}, {_P1: [b"c"]}, {_P0: [b"b"]}], {_P0: 2, _P1: 1}))
    await _topic(seen).read_whole()
    assert seen == [b"a", b"c", b"b"]


async def test_an_empty_topic_is_read_at_once(consumers: list[Consumer]) -> None:
    consumers.append(Consumer([], {_P0: 0}))
    seen: list[bytes | None] = []
    await _topic(seen).read_whole()
    assert seen == []


async def test_a_broker_that_falls_silent_before_the_end_is_an_error(
    consumers: list[Consumer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "_SILENCE_SECONDS", 0)
    consumers.append(Consumer([{_P0: [b"a"]}], {_P0: 2}))
    with pytest.raises(BroadcastError, match="topic policies: the broker sent nothing"):
        await _topic([]).read_whole()


async def test_a_topic_that_cannot_be_read_is_tried_again_from_its_beginning(
    consumers: list[Consumer],
) -> None:
    seen: list[bytes | None] = []
    consumers += [
        Consumer([{_P0: [b"a"]}, KafkaConnectionError()], {_P0: 2}),
        Consumer([{_P0: [b"a", b"b"]}], {_P0: 2}),
    ]
    first = consumers[0]
    await Broadcasts([_topic(seen)]).read_whole()
    assert seen == [b"a", b"a", b"b"]
    assert first.is_stopped


async def test_what_comes_later_is_followed_and_a_reader_that_dies_is_told(consumers: list[Consumer]) -> None:
    seen: list[bytes | None] = []
    consumers.append(Consumer([{_P0: [b"a"]}, {_P0: [b"b"]}, TopicAuthorizationFailedError()], {_P0: 1}))
    topics, failed = Broadcasts([_topic(seen)]), asyncio.get_running_loop().create_future()
    await topics.read_whole()
    topics.follow(failed.set_result)
    assert isinstance(await failed, TopicAuthorizationFailedError)
    assert seen == [b"a", b"b"]
    await topics.stop()
    assert consumers[0].is_stopped


async def test_a_reader_that_is_told_to_stop_is_no_failure(consumers: list[Consumer]) -> None:
    consumers.append(Consumer([], {_P0: 0}))
    topics = Broadcasts([_topic([])])
    await topics.read_whole()
    topics.follow(lambda error: pytest.fail(repr(error)))
    await asyncio.sleep(0)
    await topics.stop()
    assert consumers[0].is_stopped


def _release(version: str, text: str, from_ms: int = 1_900_000_000_000) -> PolicyRelease:
    at = format_instant(from_ms)
    return PolicyRelease.of(
        ("cn-pboc", version), text, author="A", approver="B", comment=None, effective_from=at, released_at=at
    )


@pytest.fixture
def book() -> PolicyBook:
    return PolicyBook(read_policy("cn-pboc", _ZONE))


def _value(metrics: Metrics, name: str, **labels: str) -> Any:
    return metrics.registry.get_sample_value(f"ledgerwatch_{name}", labels)


def test_a_release_that_is_no_policy_is_refused_loudly_and_the_one_before_stays(
    book: PolicyBook, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()
    releases = Releases(book, lambda written: load(written, _ZONE), metrics)
    text = standalone_text("cn-pboc").replace('version: "2026.1"', 'version: "2026.2"')
    good = _release("2026.2", text)
    releases.take(good.message_key(), good.to_json())
    bad = _release("2026.3", text.replace("near_share: 0.8", "near_share: 8").replace("2026.2", "2026.3"))
    with caplog.at_level(logging.ERROR):
        releases.take(bad.message_key(), bad.to_json())
        releases.take(b"x", b"no json")
        releases.take(None, bad.to_json())
    assert book.at(2_000_000_000_000).version == "2026.2"
    assert _value(metrics, "policy_releases_refused_total") == 3
    assert "near_share: Input should be less than 1" in caplog.text
    assert "the record's key is not cn-pboc/2026.3" in caplog.text


def test_a_release_without_a_value_is_withdrawn(book: PolicyBook) -> None:
    releases = Releases(book, lambda written: load(written, _ZONE), Metrics())
    text = standalone_text("cn-pboc").replace('version: "2026.1"', 'version: "2026.2"')
    release = _release("2026.2", text)
    releases.take(release.message_key(), release.to_json())
    releases.take(release.message_key(), None)
    assert book.at(2_000_000_000_000).version == "2026.1"


def test_the_policy_in_force_is_a_metric_with_its_id_and_version() -> None:
    metrics = Metrics()
    metrics.set_policy("cn-pboc", "2026.1")
    metrics.set_policy("cn-pboc", "2026.2")
    assert _value(metrics, "policy_info", policy_id="cn-pboc", policy_version="2026.1") is None
    assert _value(metrics, "policy_info", policy_id="cn-pboc", policy_version="2026.2") == 1
    assert _value(metrics, "policy_releases_refused_total") == 0
