"""The demo's worker: a child process like any other worker, told everything by its environment."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import SecretStr

import agents
from agents.demo.options import DemoError
from agents.settings import Settings, variable

# A little more than a worker gives itself.
_STOP_SECONDS: Final = 12.0
_TAIL_LINES: Final = 12
_POLL_SECONDS: Final = 0.05
_PORT_SECONDS: Final = 30.0
_PORT = re.compile(rb"serving .* port=(\d+)")


class WorkerProcess:
    """One worker, as a context manager: started when entered, ended by its process id when left, however it is left."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._log = folder / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # this program, by its own interpreter
                # -P: a folder called `agents` where the demo was started is not this one.
                [sys.executable, "-P", "-m", "agents", "worker"],
                env=_environment(self._settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal is for the demo, which then ends this one before the broker.
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def check(self) -> None:
        """Notice that it ended.

        Raises:
            DemoError: it did, which it should not; with the end of its log.
        """
        code = None if self._process is None else self._process.poll()
        if code is not None:
            raise DemoError(f"the worker ended with exit code {code}. The end of its log:\n{self.tail()}")

    def wait_for_port(self) -> int:
        """The port of its /metrics.

        Raises:
            DemoError: it ended, or did not say.
        """
        deadline = time.monotonic() + _PORT_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if said := _PORT.search(self._log.read_bytes()):
                return int(said.group(1))
            time.sleep(_POLL_SECONDS)
        raise DemoError(f"the worker did not come up within {_PORT_SECONDS:.0f} s. Its log:\n{self.tail()}")

    def tail(self) -> str:
        """The last lines of its log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:])


def _environment(settings: Settings) -> dict[str, str]:
    """All settings, whatever they were read from, and the place this package is imported from."""
    told = dict(os.environ)
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            told[variable(name)] = str(value)
    home = str(Path(agents.__file__).parent.parent)
    told["PYTHONPATH"] = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return told
