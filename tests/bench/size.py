"""How large a customer's stored state is, over simulated banks and a real one."""

from collections import Counter
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

import orjson

from agents.files import read_records
from agents.simulator import SimulationPlan, simulate
from monitor.engine import Engine
from tests.bench.crowd import TIMEZONE, Message, batches, judged, policy
from tests.bench.report import Part

_BUSY: Final = range(25, 36)
"""Postings in the last 30 days that the budget of 2 KiB is for."""
_BANKS: Final = ((2_000, 90), (300, 400))
_REAL: Final = "berka_1993.parquet"
_LAST_DAYS: Final = 30


def measure(data: Path) -> Part:
    """Median, 99th percentile and largest, in bytes."""
    part = Part("size", "bytes of stored state per customer at the end")
    for customers, days in _BANKS:
        bank = simulate(SimulationPlan(customers=customers, days=days, start=date(2025, 1, 6)))
        messages = [(key, value) for key, value, _ in bank.records()]
        _add(
            part,
            f"simulated, {customers:,} x {days} days",
            judged(Engine(policy()), bank, messages),
            messages,
        )
    if (data / _REAL).is_file():
        # The bank's currency in place of another that the policy has no rate for: sizes do not depend on it.
        messages = [
            (key, value.replace(b'"currency":"CZK"', b'"currency":"CNY"'))
            for key, value in read_records(data / _REAL, TIMEZONE, "CNY")
        ]
        engine, states = Engine(policy()), dict[bytes, bytes]()
        for batch in batches(messages):
            states.update(engine.process(batch, states).states)
        _add(part, "a Czech bank, 1993", states, messages)
    else:
        part.about += f"; no {_REAL} in {data}: the real bank is left out"
    return part


def _add(part: Part, name: str, states: dict[bytes, bytes], messages: list[Message]) -> None:
    sizes = sorted(map(len, states.values()))
    days = [(key, date.fromisoformat(orjson.loads(value)["booked_at"][:10])) for key, value in messages]
    last = max(day for _, day in days)
    counts = Counter(key for key, day in days if (last - day).days < _LAST_DAYS)
    busy = sorted(len(raw) for key, raw in states.items() if counts[key] in _BUSY)
    part.add(f"{name}: median of {len(sizes):,} customers", [median(sizes)], "bytes")
    part.add(f"{name}: 99 %", [sizes[len(sizes) * 99 // 100]], "bytes")
    part.add(f"{name}: largest", [sizes[-1]], "bytes", at_most=16_384)
    if busy:
        part.add(
            f"{name}: median of {len(busy):,} with 25 to 35 a month", [median(busy)], "bytes", at_most=2_048
        )
        part.add(f"{name}: largest of those", [busy[-1]], "bytes", at_most=2_048)
