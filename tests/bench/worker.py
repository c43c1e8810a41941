"""The worker, beside a stock Faust agent with the same core and the bare consumer: same broker, same postings.

Broker and one worker at a time share the machine's cores. Both have the same warm states to begin with, recovered from their
changelogs, which gives the speed of recovery as well.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from agents.embedded_broker import EmbeddedBroker
from tests.bench.children import Child, declare, load, running, settings_for, step_seconds
from tests.bench.crowd import Crowd, Message, Templates
from tests.bench.progress import Pace, Sample
from tests.bench.report import Part

_STOCK_SECONDS: Final = 15.0
_START_SECONDS: Final = 90.0
_RUN_SECONDS: Final = 180.0
_STOCK: Final = "stock Faust agent"
_OURS: Final = "worker"
_JUDGED: Final = "judged"


@dataclass
class _Found:
    """One value per round, by contender."""

    judging: dict[str, list[Pace]] = field(default_factory=dict)
    recovery: dict[str, list[Pace]] = field(default_factory=dict)
    steps: dict[str, list[float]] = field(default_factory=dict)
    stock_postings: list[int] = field(default_factory=list)

    def take(self, name: str, child: Child) -> None:
        """What a contender noted."""
        for paces, samples in (
            (self.judging, child.samples(_JUDGED)),
            (self.recovery, child.samples("recovered")),
        ):
            pace = Pace.of(samples)
            if pace is not None:
                paces.setdefault(name, []).append(pace)


class Measured(NamedTuple):
    """Two parts from one run, and our postings per second."""

    judging: Part
    recovery: Part
    per_second: float


def measure(templates: Templates, customers: int, postings: int, rounds: int) -> Measured:
    """The parts `worker` and `recovery`."""
    crowd, found = Crowd(templates, customers), _Found()
    messages = crowd.postings(postings)
    for _ in range(rounds):
        with TemporaryDirectory() as folder, EmbeddedBroker() as broker:
            _round(broker, Path(folder), crowd, messages, found)
    return Measured(_worker_part(found, postings), _recovery_part(found, customers), _rate(found))


def _round(
    broker: EmbeddedBroker, folder: Path, crowd: Crowd, messages: list[Message], found: _Found
) -> None:
    ours, stock = settings_for(broker, folder), settings_for(broker, folder, "stock-")
    for settings in (ours, stock):
        declare(settings)
        asyncio.run(load(settings, settings.state_topic, crowd.states()))
    asyncio.run(load(ours, ours.transactions_topic, messages))
    for reader in ("orjson", "intake"):
        with running("tests.bench.bare_child", ours, folder, BENCH_READER=reader) as child:
            child.wait_for(_JUDGED, len(messages), _START_SECONDS)
            found.take(f"bare aiokafka, {reader}", child)
    with running("tests.bench.stock_child", stock, folder) as child:
        child.wait_for(_JUDGED, 1, _START_SECONDS)
        samples: list[Sample] = child.wait_for(_JUDGED, len(messages), _STOCK_SECONDS, must=False)
        found.stock_postings.append(samples[-1].done)
        found.take(_STOCK, child)
    with running("tests.bench.worker_child", ours, folder) as child:
        child.wait_for(_JUDGED, len(messages), _START_SECONDS + _RUN_SECONDS)
        for step, seconds in step_seconds(ours).items():
            found.steps.setdefault(step, []).append(seconds * 1e6 / len(messages))
        found.take(_OURS, child)


def _rate(found: _Found) -> float:
    return median(pace.per_second for pace in found.judging[_OURS])


def _worker_part(found: _Found, postings: int) -> Part:
    fewest = min(found.stock_postings)
    part = Part(
        "worker",
        f"{postings:,} postings (the stock agent: {fewest:,} in {_STOCK_SECONDS:.0f} s), broker on the same cores, "
        "state durable, all detectors on",
    )
    for name, paces in found.judging.items():
        rates = [pace.per_second for pace in paces]
        part.add(name, rates, "postings/s", at_least=20_000 if name == _OURS else None)
    pairs = list(zip(found.judging[_OURS], found.judging[_STOCK], strict=True))
    part.add(
        f"{_OURS} : {_STOCK}", [one.per_second / other.per_second for one, other in pairs], "x", at_least=3
    )
    ratios = [other.cpu_us / one.cpu_us for one, other in pairs]
    part.add("the same in processor time", ratios, "x", at_least=3)
    for name, paces in found.judging.items():
        part.add(f"{name}: processor time", [pace.cpu_us for pace in paces], "µs/posting")
    for step, costs in found.steps.items():
        part.add(f"{_OURS}, step {step}: waiting included", costs, "µs/posting")
    return part


def _recovery_part(found: _Found, customers: int) -> Part:
    part = Part("recovery", f"the state of {customers:,} customers from the changelog, first batch to last")
    for name in (_OURS, _STOCK):
        rates = [pace.per_second for pace in found.recovery.get(name, ())]
        part.add(name, rates, "customers/s", at_least=100_000 if name == _OURS else None)
        costs = [pace.cpu_us for pace in found.recovery.get(name, ())]
        part.add(f"{name}: processor time", costs, "µs/customer")
    return part
