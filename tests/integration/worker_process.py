"""Workers as processes on an embedded broker, and what the topics should hold after them."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from agents.embedded_broker import EmbeddedBroker
from agents.policies import read_policy
from agents.settings import Settings, load_settings
from agents.topics import admin_client, create_topics
from monitor.engine import Engine

PARTITIONS: Final = 4
_ROOT: Final = Path(__file__).parents[2]
_RUN: Final = "import sys; from agents.settings import load_settings; from agents.worker import run_worker; "
_CODE: Final = _RUN + "sys.exit(run_worker(load_settings()))"
_QUIET_SECONDS: Final = 2.0
_ROUNDS: Final = 6


class Fetched(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass
class WorkerProcess:
    """One worker; ended by its process id when the test is over, however it is over."""

    servers: str
    port: int
    folder: Path
    overrides: dict[str, str] = field(default_factory=dict)
    code: str = _CODE
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "LEDGERWATCH_PARTITIONS": str(PARTITIONS),
            "LEDGERWATCH_WEB_PORT": str(self.port),
            "LEDGERWATCH_DATA_DIR": str(self.folder / "data"),
            "LEDGERWATCH_SESSION_TIMEOUT_SECONDS": "6",
            "PYTHONPATH": str(_ROOT),
            **self.overrides,
        }
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", self.code], env=environment, stdout=log, stderr=log, cwd=self.folder
            )

    @property
    def log_path(self) -> Path:
        return self.folder / f"worker-{self.port}.log"

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def terminate(self, within_seconds: float = 10) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_seconds)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def samples(self, name: str) -> float:
        return sum(self.values(name))

    def values(self, name: str) -> list[float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"ledgerwatch_{name}")]

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.status("/readyz") == 200 or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.log


def wait_for(condition: Callable[[], bool], within_seconds: float) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
        time.sleep(0.1)


def wait_until_drained(
    workers: Sequence[WorkerProcess], within_seconds: float = 60, *, partitions: int = PARTITIONS
) -> None:
    """Until all partitions of the three source topics are known to have no lag, and stay so while a fetch goes round."""

    def is_drained() -> bool:
        lags = [lag for worker in workers for lag in worker.values("lag_records")]
        ready = all(worker.status("/readyz") == 200 for worker in workers)
        return ready and len(lags) == 3 * partitions and not any(lags)

    deadline, seen = time.monotonic() + within_seconds, 0
    while seen < _ROUNDS:
        assert time.monotonic() < deadline, [worker.log for worker in workers]
        seen = seen + 1 if is_drained() else 0
        time.sleep(0.3)


def settings_for(broker: EmbeddedBroker) -> Settings:
    return load_settings(kafka_bootstrap_servers=broker.bootstrap_servers, partitions=PARTITIONS)


def declare(broker: EmbeddedBroker) -> None:
    settings = settings_for(broker)
    with admin_client(settings) as admin:
        create_topics(settings, admin)


def postings(count: int, customers: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value; now and then one that is far out of the ordinary."""
    start = datetime(2026, 1, 5, 1, tzinfo=UTC)
    for number in range(count):
        customer = f"C{number * 7919 % customers:05d}"
        is_odd = number % 401 == 400
        posting = {
            "transaction_id": f"T{number:07d}",
            "customer_id": customer,
            "account_id": f"A{customer}",
            "booked_at": (start + timedelta(minutes=7 * number)).isoformat(),
            "amount": "480000.00" if is_odd else f"{100 + number % 97}.00",
            "currency": "CNY",
            "direction": "credit" if number % 3 else "debit",
            "channel": "cash" if is_odd else "transfer",
            "counterparty_account": f"X{number % 50}",
        }
        yield customer.encode(), json.dumps(posting).encode()


async def send(servers: str, topic: str, records: Iterator[tuple[bytes | None, bytes | None]]) -> int:
    count = 0
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        for key, value in records:
            await producer.send(topic, value, key=key)
            count += 1
        await producer.flush()
    return count


async def read_all(servers: str, topic: str, partitions: int = PARTITIONS) -> list[Fetched]:
    """Everything in the topic; until nothing comes any more, for the embedded broker's end offsets are not right."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    found = []
    try:
        consumer.assign([TopicPartition(topic, partition) for partition in range(partitions)])
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_SECONDS:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                quiet_since = time.monotonic()
                found += [
                    Fetched(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value) for r in records
                ]
    finally:
        await consumer.stop()
    return found


def expected(transactions: Sequence[Fetched]) -> tuple[dict[tuple[int, bytes], bytes], dict[str, bytes]]:
    """What one run of the core over the same records gives: states by partition and key, alerts by id."""
    states: dict[tuple[int, bytes], bytes] = {}
    alerts: dict[str, bytes] = {}
    for partition in range(PARTITIONS):
        engine = Engine(read_policy("cn-pboc", "Asia/Shanghai"))
        outcome = engine.process([r for r in transactions if r.partition == partition], {})
        states |= {(partition, key): state for key, state in outcome.states.items()}
        alerts |= {alert.alert_id: alert.to_json() for alert in outcome.alerts}
    return states, alerts


def newest_alerts(records: Sequence[Fetched]) -> dict[str, bytes]:
    """The newest revision of each alert, as a consumer of the topic keeps it."""
    newest: dict[str, tuple[int, bytes]] = {}
    for record in records:
        assert record.value is not None
        content = json.loads(record.value)
        if content["revision"] >= newest.get(content["alert_id"], (0, b""))[0]:
            newest[content["alert_id"]] = (content["revision"], record.value)
    return {alert_id: value for alert_id, (_, value) in newest.items()}
