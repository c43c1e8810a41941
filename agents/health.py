"""Is the worker alive, and is it judging? Answered over HTTP from the first moment, broker or not."""

from collections.abc import Hashable
from enum import StrEnum
from typing import Final

from aiohttp import web

from agents.logs import SafeError
from agents.metrics import CONTENT_TYPE, Metrics

_OK: Final = 200
_UNAVAILABLE: Final = 503


class Phase(StrEnum):
    """What the worker is about."""

    WAITING_FOR_BROKER = "waiting for a broker"
    READING = "reading what all workers share"
    JOINING = "joining the group"
    RECOVERING = "recovering tables"
    JUDGING = "judging"
    STOPPING = "stopping"


class Liveness:
    """Work without progress for `stall_seconds` is a stall, however it comes about. Takes its clock from outside."""

    def __init__(self, stall_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._mark: Hashable = None
        self._since: float | None = None
        self.is_stalled = False

    def observe(self, now_seconds: float, mark: Hashable, *, is_busy: bool) -> None:
        """Take note: `mark` changes with every progress; `is_busy` says that there is something to do."""
        if not is_busy or mark != self._mark or self._since is None:
            self._mark, self._since = mark, now_seconds
        self.is_stalled = now_seconds - self._since >= self._stall_seconds


class Health:
    """What the probes are told."""

    def __init__(self, liveness: Liveness) -> None:
        self.phase = Phase.WAITING_FOR_BROKER
        self.liveness = liveness

    @property
    def is_alive(self) -> bool:
        """Whether there is progress, or nothing to do."""
        return not self.liveness.is_stalled

    @property
    def is_ready(self) -> bool:
        """Whether postings are judged."""
        return self.phase is Phase.JUDGING and self.is_alive


class WebPortError(SafeError):
    """The address cannot be listened on."""


class HealthServer:
    """Serves /healthz, /readyz and /metrics."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health = health
        self._metrics = metrics
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one, then found in `port`.

        Raises:
            WebPortError: the address is taken, or not ours.
        """
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._expose)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            raise WebPortError(
                f"cannot listen on {host}:{port}: set LEDGERWATCH_WEB_PORT to a free one"
            ) from error
        address = self._runner.addresses[0]
        self.port = int(address[1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _healthz(self, _request: web.Request) -> web.Response:
        text = self._health.phase.value if self._health.is_alive else "stalled"
        return web.Response(text=f"{text}\n", status=_OK if self._health.is_alive else _UNAVAILABLE)

    async def _readyz(self, _request: web.Request) -> web.Response:
        status = _OK if self._health.is_ready else _UNAVAILABLE
        return web.Response(text=f"{self._health.phase.value}\n", status=status)

    async def _expose(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.expose(), headers={"Content-Type": CONTENT_TYPE})
