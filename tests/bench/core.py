"""The core alone: microseconds of processor time per posting, in one process, without a broker."""

import gc
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from monitor.catalogue import DETECTORS
from monitor.customer_state import CustomerState, decode, encode
from monitor.detector import Question
from monitor.engine import ABREAST, MAX_VALUE_BYTES, Engine
from monitor.intake import Intake
from monitor.judge import Panel, judge
from monitor.learn import learn, weigh
from monitor.policy import Rules
from monitor.posting import Posting
from tests.bench.crowd import BATCH, Crowd, Message, Templates, batches, policy
from tests.bench.report import Part

_SIZES: Final = (10_000, 100_000)
_LARGE_SIZE: Final = 1_000_000
_LARGE_BYTES: Final = 8 << 30
_BATCHES: Final = 20
_MOST_US: Final = 40.0
_ASKED: Final = 4_000
_COLLECT: Final = (50_000, 20, 1_000)
"""As in a worker."""


class Bench:
    """One crowd in one partition, going on from round to round."""

    def __init__(self, crowd: Crowd, rounds: int) -> None:
        self.size = crowd.size
        self.states = dict(crowd.states())
        self._engine = Engine(policy())
        self._batches = batches(crowd.postings((rounds + 1) * _BATCHES * BATCH))
        self.costs: list[float] = []
        self.alerts = self.customers = self.applied = 0
        self.round()
        self.costs.clear()

    def round(self) -> None:
        """Twenty batches; the first round is to warm up."""
        todo, self._batches = self._batches[:_BATCHES], self._batches[_BATCHES:]
        started = time.process_time()
        for batch in todo:
            outcome = self._engine.process(batch, self.states)
            self.states.update(outcome.states)
            self.alerts += len(outcome.alerts)
            self.customers += len(outcome.states)
            self.applied += outcome.tally.applied
        self.costs.append((time.process_time() - started) * 1e6 / (_BATCHES * BATCH))


def measure(templates: Templates, rounds: int, *, is_large: bool, by_detector: bool) -> Part:
    """All sizes in turn, round by round, so that what else the machine does meets each of them."""
    part = Part("core", "Engine.process in batches of 1,000, one partition, all detectors on; processor time")
    sizes: tuple[int, ...] = _SIZES
    if is_large and os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") > _LARGE_BYTES:
        sizes = (*_SIZES, _LARGE_SIZE)
    elif is_large:
        part.about += "; not enough memory is free for 1,000,000 customers"
    gc.set_threshold(*_COLLECT)
    benches = [Bench(Crowd(templates, size), rounds) for size in sizes]
    gc.freeze()
    for _ in range(rounds):
        for bench in benches:
            bench.round()
    smallest = benches[0]
    for bench in benches:
        part.add(f"{bench.size:,} customers", bench.costs, "µs/posting", at_most=_MOST_US)
    for bench in benches[1:]:
        ratios = [one / other for one, other in zip(bench.costs, smallest.costs, strict=True)]
        part.add(f"{bench.size:,} : {smallest.size:,}", ratios, "x", at_most=1.3)
    largest = benches[-1]
    part.add("postings per customer in a batch", [largest.applied / largest.customers], "")
    part.add("alert revisions", [1000 * largest.alerts / largest.applied], "per 1,000 postings")
    crowd = Crowd(templates, 100_000)
    messages, stored = crowd.postings(_ASKED), dict(crowd.states())
    _steps(part, messages, stored, rounds)
    if by_detector:
        _detectors(part, messages, stored, rounds)
    gc.unfreeze()
    return part


def _steps(part: Part, messages: list[Message], stored: dict[bytes, bytes], rounds: int) -> None:
    intake = Intake(policy(), MAX_VALUE_BYTES)
    raw = [stored[key] for key, _ in messages]

    def read() -> None:
        for key, value in messages:
            intake.posting(key, value, -1)

    def unpack() -> None:
        for state in raw:
            decode(state)

    states = [decode(state) for state in raw]
    for state in states:
        assert state.counterparties is not None

    def pack() -> None:
        for state in states:
            encode(state)

    part.add("of that: reading a posting", _timed(read, rounds), "µs/posting")
    part.add("of that: decoding a state", _timed(unpack, rounds), "µs/state")
    part.add("of that: encoding a state, counterparties too", _timed(pack, rounds), "µs/state")
    judging, learning = zip(*(_judged(messages, stored) for _ in range(rounds)), strict=True)
    part.add("of that: judging", judging, "µs/posting")
    part.add("of that: learning", learning, "µs/posting")


def _judged(messages: list[Message], stored: dict[bytes, bytes]) -> tuple[float, float]:
    """Judging and learning one posting, with states as fresh as the engine has them, as many abreast."""
    asked = questions(messages, stored)
    panel = Panel(DETECTORS)
    abreast = [asked[place : place + ABREAST] for place in range(0, len(asked), ABREAST)]

    def ask() -> None:
        for some in abreast:
            weigh(some)
            judge(some, panel)

    def remember() -> None:
        for some in abreast:
            learn(some)

    return _timed(ask, 1)[0], _timed(remember, 1)[0]


def questions(messages: list[Message], stored: dict[bytes, bytes]) -> list[Question]:
    """Each posting with a state of its own, as fresh as the engine has it; without what the intake refuses."""
    rules_of, intake = policy(), Intake(policy(), MAX_VALUE_BYTES)
    asked = []
    for key, value in messages:
        posting = intake.posting(key, value, -1)
        if isinstance(posting, Posting):
            state = decode(stored[key])
            asked.append((state, posting, rules_of.rules_for(state.kind, state.risk_grade)))
    return asked


def detector_costs(asked: list[Question], rounds: int) -> dict[str, tuple[float, float]]:
    """By detector: the share of postings that it is asked about, and its microseconds per posting, asked or not."""
    weigh(asked)
    costs = {}
    for detector in DETECTORS:
        panel = Panel([detector])
        concerned = [one for one in asked if panel.asked(*one)]

        def observe(
            observe: Callable[[CustomerState, Posting, Rules], object] = detector.observe,
            concerned: list[Question] = concerned,
        ) -> None:
            for state, posting, rules in concerned:
                observe(state, posting, rules)

        cost = median(_timed(observe, rounds, len(asked))) if concerned else 0.0
        costs[detector.id] = (len(concerned) / max(1, len(asked)), cost)
    return costs


def _detectors(part: Part, messages: list[Message], stored: dict[bytes, bytes], rounds: int) -> None:
    for name, (share, cost) in detector_costs(questions(messages, stored), rounds).items():
        part.add(f"{name} (asked about {share:.0%})", [cost], "µs/posting")


def _timed(action: Callable[[], None], rounds: int, asked: int = _ASKED) -> list[float]:
    costs = []
    for _ in range(rounds):
        started = time.process_time()
        action()
        costs.append((time.process_time() - started) * 1e6 / asked)
    return costs
