"""Many customers with a past: copies of a few simulated ones, each with bytes of its own, and what they do next.

To simulate and judge the past of 100,000 customers would take hours of a benchmark's minutes. States hold no customer_id, so
a copy under another key is another customer; and every copy is somewhere else in the week that follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

import orjson

from agents.policies import read_policy
from agents.replay import NO_TIMESTAMP, FileRecord
from agents.simulator import SimulatedBank, SimulationPlan, simulate
from monitor.customer_state import NO_OFFSET, decode, encode
from monitor.engine import Engine
from monitor.policy import Policy

BATCH: Final = 1_000
TIMEZONE: Final = "Asia/Shanghai"
_TEMPLATES: Final = 1_000
_PAST_DAYS: Final = 56
_DAYS: Final = 70

Message = tuple[bytes, bytes]
"""Key and value."""


@dataclass(frozen=True)
class Templates:
    """Simulated customers after 56 days, in which one in 500 per typology has begun to misbehave."""

    states: list[bytes]
    next_values: list[list[tuple[bytes, bytes]]]
    """By customer: the postings of the 14 days that follow, each in the two parts around the customer's id."""
    order: list[int]
    """Whose turn it is, in the order of those postings."""


def policy() -> Policy:
    """The packaged policy: all detectors on."""
    return read_policy("cn-pboc", TIMEZONE)


def judged(engine: Engine, bank: SimulatedBank, records: list[Message]) -> dict[bytes, bytes]:
    """The bank's states after the postings."""
    customers = [(str(row["customer_id"]).encode(), orjson.dumps(row)) for row in bank.customers]
    states: dict[bytes, bytes] = {}
    for topic, messages in (("customers", customers), ("transactions", records)):
        for batch in batches(messages, topic=topic):
            states.update(engine.process(batch, states).states)
    return states


def make_templates() -> Templates:
    """Simulate them, judge their past, and cut what comes after into pieces."""
    plan = SimulationPlan(customers=_TEMPLATES, days=_DAYS, start=date(2025, 1, 6))
    bank = simulate(plan)
    records = list(bank.records())
    border_ms = (plan.start_s + _PAST_DAYS * 86_400) * 1000
    states = judged(
        Engine(policy()), bank, [(key, value) for key, value, at_ms in records if at_ms < border_ms]
    )
    keys = list(states)
    number_of = {key: number for number, key in enumerate(keys)}
    next_values: list[list[tuple[bytes, bytes]]] = [[] for _ in keys]
    order = []
    for key, value, at_ms in records:
        if at_ms >= border_ms:
            head, _, tail = value.partition(b'"customer_id":"%b"' % key)
            next_values[number_of[key]].append((head + b'"customer_id":"', b'"' + tail))
            order.append(number_of[key])
    return Templates([_from_the_start(states[key]) for key in keys], next_values, order)


def _from_the_start(raw: bytes) -> bytes:
    """The state as of another topic, of which nothing was read: or else the offsets in it fence every posting."""
    state = decode(raw)
    state.transactions_offset = state.customers_offset = NO_OFFSET
    return encode(state)


class Crowd:
    """`size` customers with warm states."""

    def __init__(self, templates: Templates, size: int) -> None:
        self._templates = templates
        self.size = size

    def states(self) -> Iterator[Message]:
        """Every customer's stored form, at an address of its own as in a worker."""
        kinds = self._templates.states
        for number in range(self.size):
            yield _key(number), bytes(bytearray(kinds[number % len(kinds)]))

    def postings(self, count: int) -> list[Message]:
        """What they do next, the busy ones more often; the order of each one's own postings is kept.

        Raises:
            ValueError: so few customers do not do so much in the time simulated.
        """
        rng, templates = Random(7), self._templates
        done: dict[int, int] = {}
        messages: list[Message] = []
        for _ in range(4 * count):
            template = rng.choice(templates.order)
            copies = (self.size - template - 1) // len(templates.states) + 1
            if copies <= 0:
                continue
            number = template + len(templates.states) * rng.randrange(copies)
            turn = done.get(number, 0)
            if turn < len(templates.next_values[template]):
                done[number] = turn + 1
                head, tail = templates.next_values[template][turn]
                key = _key(number)
                messages.append((key, head + key + tail))
                if len(messages) == count:
                    return messages
        raise ValueError(f"{self.size:,} customers do not make {count:,} postings in two weeks")


def batches(
    messages: list[Message], *, topic: str = "transactions", start: int = 0, size: int = BATCH
) -> list[list[FileRecord]]:
    """The messages as records of one partition, from offset `start`."""
    records = [
        FileRecord(topic, 0, start + place, NO_TIMESTAMP, key, value)
        for place, (key, value) in enumerate(messages)
    ]
    return [records[place : place + size] for place in range(0, len(records), size)]


def _key(number: int) -> bytes:
    return b"C%08d" % number
