"""Apache Kafka for tests: one KRaft node from Maven Central on free loopback ports, gone with its data afterwards.

A node can be killed and started again on the same ports and data, which is how the fault tests use it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.integration.kafka_jars import resolve_jars

_START_SECONDS: Final = 90
_STOP_SECONDS: Final = 20
_LOG_TAIL_CHARS: Final = 3000
_JVM_OPTIONS: Final = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
_LOG_OPTIONS: Final = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)


class KafkaStartError(Exception):
    """Apache Kafka was there, but did not come up; the text ends with its log."""


class ApacheKafka:
    """One broker and controller in one JVM. A context manager: leaving it ends the JVM and removes its data."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """A node that is not started yet.

        Args:
            settings: server.properties lines, each in place of the default for tests that it names again.

        Raises:
            KafkaUnavailableError: Apache Kafka cannot be had on this machine.
        """
        self._jars = resolve_jars()
        self._folder = Path(tempfile.mkdtemp(prefix="ledgerwatch-kafka-"))
        self._port, controller_port = _free_ports(2)
        self._properties = self._folder / "server.properties"
        self._log = self._folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        lines = {**_server_properties(self._port, controller_port, self._folder / "data"), **(settings or {})}
        self._properties.write_text("".join(f"{k}={v}\n" for k, v in lines.items()), encoding="utf-8")

    @property
    def bootstrap_servers(self) -> str:
        """`host:port`, the same for as long as the node lives and across restarts."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The JVM's process id; None while the node is down."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start, and wait until it answers. Used again after `stop` or `kill`, on the data that was there.

        Raises:
            KafkaStartError: it ended, or did not answer in time.
        """
        if self._process is not None and self._process.poll() is None:
            return
        if not (self._folder / "data").exists():
            self._format()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self._properties), options=_JVM_OPTIONS),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it in an orderly way (SIGTERM); by force if that takes too long."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End it as a crash would (SIGKILL). What it had not written yet is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self.kill()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _java(self, main: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        return ["java", *options, *_LOG_OPTIONS, "-cp", f"{self._jars}{os.sep}*", main, *arguments]

    def _format(self) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # With the equals sign: an id may begin with a dash.
        done = subprocess.run(
            self._java(
                "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(self._properties)
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            msg = f"Apache Kafka's storage could not be formatted: {(done.stdout + done.stderr)[-_LOG_TAIL_CHARS:]}"
            raise KafkaStartError(msg)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                msg = f"Apache Kafka ended with {process.returncode}: {self._log_tail()}"
                raise KafkaStartError(msg)
            if self._port_is_open() and self._answers():
                return
            time.sleep(0.1)
        msg = f"Apache Kafka did not answer within {_START_SECONDS} s: {self._log_tail()}"
        raise KafkaStartError(msg)

    def _port_is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _answers(self) -> bool:
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=5000)
        except KafkaError:
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()

    def _log_tail(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL_CHARS:]


def _free_ports(count: int) -> list[int]:
    # All held open until all are chosen: the system would hand out the same one twice otherwise.
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _server_properties(port: int, controller_port: int, data: Path) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        # One node has no one to replicate to.
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        # As a careful bank has it: a missing topic is a fault, not made on the way.
        "auto.create.topics.enable": "false",
        # Postings in tests carry days long past; they are not to be deleted for it.
        "log.retention.ms": "-1",
        # Tests wait for nothing that only a large cluster needs. A killed node may register again once its old session
        # has run out.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "1",
        "log.cleaner.dedupe.buffer.size": "4194304",
        "num.network.threads": "2",
        "num.io.threads": "4",
    }
