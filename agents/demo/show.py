"""The demo once everything is up: customers, postings at full speed, the paced stretch, and the wait for the last alert."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.demo.board import AlertBoard
from agents.demo.clients import make_consumer, make_producer, read_from_start
from agents.demo.desk import Desk
from agents.demo.feed import Feed
from agents.demo.measures import Measures
from agents.demo.options import DemoError, DemoOptions
from agents.demo.screen import Screen, View
from agents.demo.summary import Report
from agents.demo.verdict import judge_alerts
from agents.demo.worker_process import WorkerProcess
from agents.settings import Settings
from agents.simulator import SimulatedBank

_READY_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.2
_WAIT_SECONDS: Final = 0.05
_CLOSE_SECONDS: Final = 5.0
_ASK_SECONDS: Final = 5.0
_DAY_MS: Final = 86_400_000
_RATE_LOOKS: Final = 10
"""Looks that the shown rate is taken over: two seconds."""


class Show:
    """One run of the demo."""

    def __init__(
        self,
        options: DemoOptions,
        settings: Settings,
        bank: SimulatedBank,
        worker: WorkerProcess,
        screen: Screen,
    ) -> None:
        self._options = options
        self._settings = settings
        self._bank = bank
        self._worker = worker
        self._screen = screen
        self._zone = ZoneInfo(settings.bank_timezone)
        self._measures = Measures()
        self._view = View()
        self._looks: deque[tuple[float, int]] = deque(maxlen=_RATE_LOOKS)

    async def run(self, metrics_port: int) -> Report:
        """All of it.

        Raises:
            DemoError: the worker ended, the broker failed, or time is up.
        """
        url = f"http://{self._settings.web_host}:{metrics_port}/metrics"
        producer, consumer = make_producer(self._settings), make_consumer(self._settings)
        async with _started(producer), _started(consumer):
            desk = Desk(self._settings)
            topics = (self._settings.alerts_topic, *desk.topics)
            read_from_start(consumer, topics, self._settings.partitions)
            feed = Feed(producer, self._settings, self._bank)
            board = AlertBoard(feed.sent_at_ms, self._screen.urgent)
            try:
                async with asyncio.TaskGroup() as group:
                    beside = [
                        group.create_task(self._watch(url, feed, board)),
                        group.create_task(_read(consumer, board, desk)),
                    ]
                    report = await self._perform(feed, board, desk)
                    for task in beside:
                        task.cancel()
            except BaseExceptionGroup as errors:
                raise _first(errors) from None
            return report

    async def _perform(self, feed: Feed, board: AlertBoard, desk: Desk) -> Report:
        self._screen.stage("The worker joins its group")
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._until(lambda: self._measures.is_ready)
        except TimeoutError:
            text = f"the worker was not ready in {_READY_SECONDS:.0f} s. Its log:\n{self._worker.tail()}"
            raise DemoError(text) from None
        try:
            async with asyncio.timeout(self._options.time_limit_seconds):
                return await self._stages(feed, board, desk)
        except TimeoutError:
            raise DemoError(
                f"not done in {self._options.time_limit_seconds:g} s: {self._measures.processed:,} of {feed.sent:,} "
                "records sent were processed"
            ) from None

    async def _stages(self, feed: Feed, board: AlertBoard, desk: Desk) -> Report:
        options, start = self._options, time.monotonic()
        self._screen.stage(f"Customers' KYC records: {options.customers:,}")
        customers = await feed.customers()
        await self._until(lambda: self._measures.customers >= customers)

        self._screen.stage(f"Postings of {options.days} days, as fast as the worker judges them")
        fast_start, before = time.monotonic(), self._measures.judging_seconds
        await feed.full_speed(options.paced_postings, lambda: self._measures.processed)
        await self._until(lambda: self._measures.is_through(feed.sent))
        fast_seconds, fast = time.monotonic() - fast_start, feed.sent
        judging_seconds = self._measures.judging_seconds - before

        self._screen.stage(f"The last {options.paced_postings:,} postings, {options.pace:,} a second")
        await feed.paced(options.pace)
        self._screen.stage("The last alerts")
        await self._until(lambda: self._measures.is_through(feed.sent))
        await self._until(lambda: board.revisions + desk.read >= self._measures.published)
        labels, alerts = self._bank.labels, board.newest.values()
        return Report(
            options=options,
            sent=feed.sent,
            poison=feed.poison_sent,
            fast_postings=fast,
            fast_seconds=fast_seconds,
            fast_judging_seconds=judging_seconds,
            seconds=time.monotonic() - start,
            measures=self._measures,
            board=board,
            desk=desk,
            verdict=judge_alerts(labels, alerts, options.customers, options.days, desk.shadow),
        )

    async def _until(self, holds: Callable[[], bool]) -> None:
        # Not on an old reading: what was just sent is not in it.
        before = self._measures
        while self._measures is before or not holds():  # noqa: ASYNC110  # it waits for readings, and there is a time limit
            await asyncio.sleep(_WAIT_SECONDS)

    async def _watch(self, url: str, feed: Feed, board: AlertBoard) -> None:
        """Read the worker's numbers, and draw, a few times a second."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_ASK_SECONDS)) as session:
            while True:
                self._worker.check()
                # A worker that ends closes its port first: then the next check says so.
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(url) as response:
                        self._measures = Measures.parse(await response.text())
                self._look(feed)
                self._screen.update(self._view, board)
                await asyncio.sleep(_LOOK_SECONDS)

    def _look(self, feed: Feed) -> None:
        view, measures, plan = self._view, self._measures, self._bank.plan
        self._looks.append((time.monotonic(), measures.processed))
        (then, before), (now, after) = self._looks[0], self._looks[-1]
        view.per_second = (after - before) / (now - then) if now > then else 0.0
        view.sent, view.processed = feed.sent, measures.processed
        view.dead_letters = sum(measures.dead_letters.values())
        if feed.booked_at_ms:
            view.bank_date = datetime.fromtimestamp(feed.booked_at_ms / 1000, self._zone).date()
            days = (feed.booked_at_ms - plan.start_s * 1000) / _DAY_MS
            processed = min(1.0, measures.processed / feed.sent) if feed.sent else 0.0
            view.share = max(0.0, min(1.0, days / plan.days)) * processed


async def _read(consumer: AIOKafkaConsumer, board: AlertBoard, desk: Desk) -> None:
    while True:
        batches = await consumer.getmany(timeout_ms=1000)
        now_ms = time.time_ns() // 1_000_000
        for (topic, _), records in batches.items():
            for record in records:
                if topic in desk.topics:
                    desk.take(topic, record)
                else:
                    board.take(record, now_ms)


@contextlib.asynccontextmanager
async def _started(client: AIOKafkaProducer | AIOKafkaConsumer) -> AsyncIterator[None]:
    await client.start()
    try:
        yield
    finally:
        # One whose broker is gone would wait for it, and there is nothing left to save. It is a task of its own, because
        # aiokafka may end such a stop with the cancellation of its own tasks, which would look like one of ours.
        await asyncio.wait([asyncio.ensure_future(client.stop())], timeout=_CLOSE_SECONDS)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return DemoError(f"the broker failed: {type(error).__name__}") if isinstance(error, KafkaError) else error
