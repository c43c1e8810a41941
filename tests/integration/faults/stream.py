"""What is sent: a simulated bank, out of order, repeated and poisoned; the same records in the same order every time."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import orjson
import yaml

from agents.demo.poison import poison_of
from agents.simulator import SimulatedBank, SimulationPlan, simulate
from schemas import DeadLetterReason as Reason
from tests.integration.worker_process import PARTITIONS

PLAN: Final = SimulationPlan(
    seed=11,
    customers=300,
    days=60,
    # In the past, whatever the day on which the test runs.
    start=date(2025, 1, 6),
    planted_per_typology=2,
    lookalikes_per_kind=1,
    reversal_share=0.1,
    late_share=0.2,
    duplicate_share=0.2,
)
MAX_VALUE_BYTES: Final = 65_536
_HEAD: Final = 1_000
"""The first postings are of dormant customers, months apart: out of order they would be too late."""
_DISPLACED, _FARTHEST = 0.2, 150
_REPEATED, _FARTHEST_REPEAT = 0.01, 400
_POISON_EVERY: Final = 120
_KEPT_MS: Final = 34 * 86_400_000
POLICY: Final = Path(__file__).parents[3] / "monitor" / "policies" / "cn-pboc.yaml"
_SENSITIVITY: Final = 0.3
_CONNECTED_EVERY, _GROUPS = 4, 24
"""Some customers of every partition are members of a few groups."""


class Sent(NamedTuple):
    """A record, and the reason for which it has to be set aside, if any."""

    key: bytes | None
    value: bytes | None
    reason: Reason | None = None
    partition: int | None = None


def customers(bank: SimulatedBank) -> Iterator[Sent]:
    """KYC records, some of them not readable."""
    for number, sent in enumerate(connected(bank)):
        key, value = sent.key, sent.value
        assert value is not None
        yield sent
        if number % 60 == 30:
            # Without a key none gets here: a broker takes no such record into a compacted topic.
            yield Sent(key, None, Reason.NULL_VALUE)
            yield Sent(key, value[:-9], Reason.MALFORMED_JSON)
            yield Sent(b"somebody-else", value, Reason.KEY_MISMATCH)


def connected(bank: SimulatedBank) -> Iterator[Sent]:
    """Every customer's KYC record."""
    for number, declared in enumerate(bank.customers):
        group = {} if number % _CONNECTED_EVERY else {"group_id": f"G{number // _CONNECTED_EVERY % _GROUPS}"}
        row = group | dict(declared)
        yield Sent(str(row["customer_id"]).encode(), orjson.dumps(row))


def transactions(bank: SimulatedBank, seed: int) -> Iterator[Sent]:
    """Postings in disorder, with poison among them."""
    poison: Iterator[Sent] = iter(())
    for number, posting in enumerate(_in_disorder(_postings(bank), Random(seed))):
        yield posting
        if number >= _HEAD and number % _POISON_EVERY == 0 and posting.reason is None:
            assert posting.key is not None
            assert posting.value is not None
            bad = next(poison, None)
            if bad is None:
                poison = _poison(posting.key, posting.value, number % PARTITIONS)
                bad = next(poison)
            yield bad


def _postings(bank: SimulatedBank) -> Iterator[Sent]:
    newest_ms = 0
    for number, (key, value, booked_at_ms) in enumerate(bank.records()):
        newest_ms = max(newest_ms, booked_at_ms)
        too_late = number > _HEAD and booked_at_ms < newest_ms - _KEPT_MS
        yield Sent(key, value, Reason.TOO_LATE if too_late else None)


def _in_disorder(postings: Iterator[Sent], rng: Random) -> list[Sent]:
    placed: list[tuple[float, Sent]] = [(place, p) for place, p in enumerate(islice(postings, _HEAD))]
    for place, posting in zip(count(_HEAD), postings, strict=False):
        delay = rng.uniform(0, _FARTHEST) if rng.random() < _DISPLACED else 0.0
        placed.append((place + delay, posting))
        if rng.random() < _REPEATED:
            placed.append((place + delay + rng.uniform(0, _FARTHEST_REPEAT), posting))
    return [posting for _, posting in sorted(placed, key=lambda item: item[0])]


def _poison(key: bytes, value: bytes, partition: int) -> Iterator[Sent]:
    for reason, bad_key, bad_value in poison_of(key, value, MAX_VALUE_BYTES):
        yield Sent(bad_key, bad_value, reason, partition if bad_key is None else None)
    good = orjson.loads(value)

    def changed(name: str, **fields: object) -> bytes:
        return orjson.dumps({**good, "transaction_id": f"{name}-{good['transaction_id']}", **fields})

    for bad_value, reason in (
        (b"", Reason.MALFORMED_JSON),
        (b"[]", Reason.WRONG_TYPE),
        (b"null", Reason.WRONG_TYPE),
        (b"[" * 50_000, Reason.MALFORMED_JSON),
        (value.decode().encode("utf-16"), Reason.NOT_UTF8),
        (value + value, Reason.MALFORMED_JSON),
        (changed("amount", amount="1e400"), Reason.INVALID_VALUE),
        (changed("amount", amount=None), Reason.WRONG_TYPE),
        (changed("late", booked_at="2020-02-03T09:30:00+08:00"), Reason.TOO_LATE),
        (changed("future", booked_at="2099-02-03T09:30:00+08:00"), Reason.IN_THE_FUTURE),
        (changed("undo", reverses="never-booked"), Reason.UNKNOWN_ORIGINAL),
    ):
        yield Sent(key, bad_value, reason)
    for bad_key in (b"", b"\xff\xfe", key + b" ", key.lower()):
        yield Sent(bad_key, value, Reason.KEY_MISMATCH)


def make_bank() -> SimulatedBank:
    """The bank of every fault test."""
    return simulate(PLAN)


def sensitive_policy(folder: Path, *, peers: bool = True) -> Path:
    """The packaged policy with thresholds so low that there are alerts all the time; with or without comparing with peers."""
    document = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    document["grades"]["threshold"] |= dict.fromkeys(("low", "medium", "high"), _SENSITIVITY)
    if not peers:
        document["detectors"]["peer-outlier"]["mode"] = "off"
    path = folder / "policy.yaml"
    path.write_text(json.dumps(document, default=str), encoding="utf-8")
    return path
