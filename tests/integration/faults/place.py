"""Where a fault test happens: a broker, and topics and a consumer group of the test's own on it."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kafka import KafkaAdminClient, TopicPartition

from agents.policies import read_policy
from agents.settings import Settings, load_settings, variable
from agents.topics import admin_client, create_topics
from monitor.engine import Engine
from monitor.group_engine import GroupEngine
from monitor.peers import PeerBook
from tests.integration.worker_process import PARTITIONS, Fetched, WorkerProcess, read_all

SOURCES: Final = ("transactions", "customers")
READ: Final = (*SOURCES, "state", "group_postings", "group_state", "peers", "alerts", "dead_letters")
TOPICS: Final = (*READ, "policies", "threshold_reports", "risk_grades", "shadow_findings")


@dataclass(frozen=True)
class Place:
    """One test's part of a broker. `options` are settings by their field names, for the workers and for the test."""

    servers: str
    name: str
    folder: Path
    options: dict[str, object] = field(default_factory=dict)

    def topic(self, kind: str) -> str:
        return f"{self.name}.{kind}"

    @property
    def settings(self) -> Settings:
        topics = {f"{kind}_topic": self.topic(kind) for kind in TOPICS}
        own: dict[str, object] = {"app_id": self.name, "partitions": PARTITIONS}
        return load_settings(kafka_bootstrap_servers=self.servers, **{**own, **topics, **self.options})

    def declare(self) -> None:
        with admin_client(self.settings) as admin:
            create_topics(self.settings, admin)

    def worker(self, **environment: str) -> WorkerProcess:
        """A worker that is not started yet: a context manager, at whose end no process is left."""
        settings = self.settings
        told = {variable(name): str(value) for name, value in self.options.items()}
        told |= {variable(f"{kind}_topic"): self.topic(kind) for kind in TOPICS}
        told |= {variable("app_id"): self.name, variable("partitions"): str(settings.partitions)}
        return WorkerProcess(self.servers, _free_port(), self.folder, told | environment)

    def engine(self, peers: PeerBook | None = None) -> Engine:
        """The core as the workers have it."""
        settings = self.settings
        return Engine(
            read_policy(settings.policy, settings.bank_timezone),
            transactions_topic=settings.transactions_topic,
            customers_topic=settings.customers_topic,
            max_value_bytes=settings.max_record_bytes,
            peers=peers,
        )

    def group_engine(self) -> GroupEngine:
        """The core of the second stream, as the workers have it."""
        settings = self.settings
        policy = read_policy(settings.policy, settings.bank_timezone)
        return GroupEngine(policy, max_value_bytes=settings.max_record_bytes)

    async def read(self, kind: str) -> list[Fetched]:
        """Everything in that topic; each partition in the order of its offsets."""
        return await read_all(
            self.servers, self.topic(kind), 1 if kind == "peers" else self.settings.partitions
        )

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        client = KafkaAdminClient(bootstrap_servers=self.servers)
        try:
            yield client
        finally:
            client.close()

    def committed(self) -> dict[int, int]:
        """The group's committed offsets of the postings, by partition."""
        asked = [TopicPartition(self.topic("transactions"), number) for number in range(PARTITIONS)]
        with self.admin() as admin:
            found = admin.list_group_offsets({self.name: asked})[self.name]
        return {partition.partition: at.offset for partition, at in found.items() if at.offset >= 0}


def told_of(log: str) -> list[str]:
    """The messages in a worker's log."""
    return [json.loads(line).get("message", line) for line in log.splitlines() if line.startswith("{")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
