"""A worker's life: wait for a broker, verify topics, run the app, watch it, stop it in order."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final

from agents.app import WorkerApp
from agents.assembly import build_app
from agents.health import Health, HealthServer, Liveness, Phase, WebPortError
from agents.logs import set_up_logs
from agents.metrics import Metrics
from agents.settings import Settings
from agents.topics import (
    BrokerUnreachableError,
    Cluster,
    TopicsError,
    admin_client,
    check_topics,
    describe_cluster,
)
from monitor.policy import Policy, PolicyError

_WATCH_SECONDS: Final = 0.25
_RETRY_SECONDS: Final = 1.0
_CONNECT_SECONDS: Final = 2.0
_REMIND_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 8.5
_GIVE_UP_SECONDS: Final = 3.0

# A batch in hand is many objects that form no cycles: to look through all of them for some every time is in vain.
_COLLECT: Final = (50_000, 20, 1_000)

log = logging.getLogger(__name__)


class ExitCode(IntEnum):
    """How `ledgerwatch worker` ends."""

    STOPPED = 0
    """Asked to, by SIGTERM or SIGINT: the batch in hand is finished, offsets are committed."""
    FAILED = 1
    """A send failed, or a defect showed: nothing of the batch in hand was committed. Start it again."""
    MISCONFIGURED = 2
    """The settings or the policy cannot be used: starting it again does not help."""
    TOPICS = 3
    """Topics are missing or unfit."""
    STALLED = 4
    """There was work, and no progress for LEDGERWATCH_STALL_SECONDS. Start it again."""


def run_worker(settings: Settings) -> int:
    """Run until told to stop, and return the exit code: see `ExitCode`."""
    set_up_logs(settings.log_level, settings.log_format)
    gc.set_threshold(*_COLLECT)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return int(runner.run(_Life(settings).run()))


class _Life:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = asyncio.Event()
        self._metrics = Metrics()
        self._health = Health(Liveness(settings.stall_seconds))
        self._policy: Policy | None = None

    async def run(self) -> ExitCode:
        server = HealthServer(self._health, self._metrics)
        with _signals(self._stop.set):
            try:
                await server.start(self._settings.web_host, self._settings.web_port)
            except WebPortError as error:
                log.error("%s", error)  # noqa: TRY400  # the line says it all
                return ExitCode.MISCONFIGURED
            log.info("serving /healthz, /readyz and /metrics", extra={"port": server.port})
            try:
                return await self._run()
            finally:
                await server.stop()

    async def _run(self) -> ExitCode:
        try:
            cluster = await self._wait_for_broker()
        except TopicsError as error:
            for line in str(error).splitlines():
                log.error("%s", line)  # noqa: TRY400
            return ExitCode.TOPICS
        if cluster is None:
            return ExitCode.STOPPED
        try:
            app = build_app(self._settings, self._metrics, is_embedded_broker=cluster.is_embedded)
        except PolicyError as error:
            log.error("%s", error)  # noqa: TRY400
            return ExitCode.MISCONFIGURED
        self._health.phase = Phase.READING
        if not await self._read_whole(app):
            await app.broadcasts.stop()
            return ExitCode.STOPPED if app.failure is None else ExitCode.FAILED
        app.broadcasts.follow(app.fail)
        self._health.phase = Phase.JOINING
        starting = asyncio.create_task(app.start())
        try:
            code = await self._watch(app, starting)
        finally:
            self._health.phase = Phase.STOPPING
            self._metrics.set_held(0, 0, is_ready=False)
        log.info("stopping", extra={"exit_code": int(code)})
        await app.broadcasts.stop()
        await self._shut_down(app, starting, code)
        return code

    async def _wait_for_broker(self) -> Cluster | None:
        """What the brokers are, once one answers and the topics are right; `None` if told to stop before."""
        reminded_at = -_REMIND_SECONDS
        stopped = asyncio.create_task(self._stop.wait())
        while not stopped.done():
            # In a thread, for kafka-python's client blocks; left behind if we are told to stop meanwhile.
            asking = asyncio.create_task(asyncio.to_thread(self._ask_brokers))
            await asyncio.wait({asking, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.add_done_callback(lambda task: task.cancelled() or task.exception())
                return None
            try:
                return asking.result()
            except BrokerUnreachableError as error:
                if time.monotonic() - reminded_at >= _REMIND_SECONDS:
                    reminded_at = time.monotonic()
                    log.warning("%s: waiting for one", error)
            await asyncio.wait({stopped}, timeout=_RETRY_SECONDS)
        return None

    def _ask_brokers(self) -> Cluster:
        with admin_client(self._settings, timeout_seconds=_CONNECT_SECONDS) as admin:
            check_topics(self._settings, admin)
            return describe_cluster(admin)

    async def _read_whole(self, app: WorkerApp) -> bool:
        """Read what every worker has to know before it judges; false if told to stop before, or at a defect."""
        reading = asyncio.create_task(app.broadcasts.read_whole())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not reading.done():
            reading.cancel()
            await asyncio.wait({reading})
            return False
        error = reading.exception()
        if isinstance(error, Exception):
            app.fail(error)
        return error is None

    async def _watch(self, app: WorkerApp, starting: asyncio.Task[None]) -> ExitCode:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _WATCH_SECONDS)
            if self._stop.is_set():
                return ExitCode.STOPPED
            if app.failure is not None:
                return ExitCode.FAILED
            if app.crashed:
                log.critical("the app crashed", exc_info=app.crash_reason)
                return ExitCode.FAILED
            if starting.done() and starting.exception() is not None:
                log.critical("the app did not start", exc_info=starting.exception())
                return ExitCode.FAILED
            if self._observe(app):
                log.critical("no progress for %.0f s although there is work", self._settings.stall_seconds)
                return ExitCode.STALLED

    def _observe(self, app: WorkerApp) -> bool:
        """Take the app's measure; whether it is stalled."""
        phase = _phase(app)
        if phase is not self._health.phase:
            log.info("%s", phase.value, extra={"customers": len(app.states), "groups": len(app.groups)})
            self._health.phase = phase
        policy = app.book.at(time.time_ns() // 1_000_000)
        if policy is not self._policy:
            self._policy = policy
            self._metrics.set_policy(policy.id, policy.version)
            log.info("policy in force", extra={"policy_id": policy.id, "policy_version": policy.version})
        lag = app.batches.lag() if phase is Phase.JUDGING else {}
        self._metrics.set_lag({(tp.topic, tp.partition): records for tp, records in lag.items()})
        self._metrics.set_held(len(app.states), len(app.groups), is_ready=phase is Phase.JUDGING)
        is_busy = phase is not Phase.JUDGING or bool(app.in_hand) or any(lag.values())
        offsets = app.recovery.active_offsets
        mark = (phase, app.finished_batches, sum(offset or 0 for offset in offsets.values()))
        self._health.liveness.observe(time.monotonic(), mark, is_busy=is_busy)
        return self._health.liveness.is_stalled

    async def _shut_down(self, app: WorkerApp, starting: asyncio.Task[None], code: ExitCode) -> None:
        stopping = asyncio.create_task(_stop(app, starting))
        # Waited for from outside: Faust's services take a cancellation for the end of one wait, and go on to the next.
        await asyncio.wait(
            {stopping}, timeout=_STOP_SECONDS if code is ExitCode.STOPPED else _GIVE_UP_SECONDS
        )
        if stopping.done():
            stopping.result()
            return
        # A broker that is gone, or a thread that does not end: whoever sent SIGTERM would kill us later anyway.
        log.warning("did not stop in time: leaving at once", extra={"exit_code": int(code)})
        logging.shutdown()
        os._exit(int(code) or int(ExitCode.FAILED))


async def _stop(app: WorkerApp, starting: asyncio.Task[None]) -> None:
    # Side by side: whoever sent SIGTERM does not wait for long.
    await asyncio.gather(app.stop(), app.broadcasts.stop())
    starting.cancel()
    await asyncio.wait({starting})


def _phase(app: WorkerApp) -> Phase:
    if app.in_recovery:
        return Phase.RECOVERING
    if app.rebalancing or not app.recovery.completed.is_set():
        return Phase.JOINING
    return Phase.JUDGING


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


@contextlib.contextmanager
def _signals(handle: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
