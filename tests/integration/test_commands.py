"""The commands that speak to a broker, on both: topics, a simulated bank, and dead letters there and back."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
import yaml

from agents.cli import run
from agents.files import read_records
from agents.settings import variable
from agents.worker import ExitCode
from schemas import Customer, DeadLetter, DeadLetterReason
from schemas.dead_letter import MAX_KEPT_BYTES
from tests.integration.faults.conftest import BROKERS, a_place
from tests.integration.faults.place import TOPICS, Place
from tests.integration.faults.sending import send_all
from tests.integration.faults.stream import Sent
from tests.integration.worker_process import (
    PARTITIONS,
    Fetched,
    WorkerProcess,
    postings,
    wait_for,
    wait_until_drained,
)

_POLICY: Final = Path(__file__).parents[2] / "monitor" / "policies" / "cn-pboc.yaml"
_MENDED_BYTES: Final = str(2_000_000)
_REPEATED: Final = 1_500


@pytest.fixture(params=BROKERS)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A broker without topics yet; the commands in this process are configured for it."""
    with a_place(request, tmp_path) as given:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", given.servers)
        monkeypatch.setenv(variable("partitions"), str(PARTITIONS))
        monkeypatch.setenv(variable("app_id"), given.name)
        for kind in TOPICS:
            monkeypatch.setenv(variable(f"{kind}_topic"), given.topic(kind))
        yield given


class _Poison:
    """Records that cannot be judged: what a mended policy and limit can, and what nothing can."""

    def __init__(self) -> None:
        self.good = [Sent(key, value) for key, value in postings(200, 10)]
        ((key, value),) = postings(1, 1)
        fields = json.loads(value)
        baht = json.dumps(fields | {"transaction_id": "BAHT", "currency": "THB"}).encode()
        huge = fields | {"transaction_id": "HUGE", "note": "x" * (MAX_KEPT_BYTES + 50_000)}
        self.mendable = [
            Sent(key, baht, DeadLetterReason.NO_EXCHANGE_RATE),
            Sent(key, json.dumps(huge).encode(), DeadLetterReason.TOO_LARGE),
        ]
        self.hopeless = [
            Sent(None, value, DeadLetterReason.NULL_KEY, 1),
            Sent(b"C-SECRET", None, DeadLetterReason.NULL_VALUE),
            Sent(b"C-SECRET", b"{SECRET-NAME", DeadLetterReason.MALFORMED_JSON),
            Sent(b"\xff", b"\xff\xfe", DeadLetterReason.NOT_UTF8),
        ]

    @property
    def distinct(self) -> list[Sent]:
        return [*self.mendable, *self.hopeless]


def _run(*arguments: str) -> None:
    assert run(arguments) == 0


def _policy_without_baht(folder: Path) -> Path:
    document = yaml.safe_load(_POLICY.read_text(encoding="utf-8"))
    del document["rates"][0]["rates"]["THB"]
    path = folder / "policy.yaml"
    path.write_text(json.dumps(document, default=str), encoding="utf-8")
    return path


def _work(worker: WorkerProcess) -> dict[str, float]:
    """Let a worker do what there is; what it counted, by outcome."""
    with worker:
        worker.wait_until_ready()
        wait_for(lambda: worker.samples("postings_total") > 0, 60)
        wait_until_drained([worker])
        outcomes = ("applied", "duplicate")
        counted = {
            name: worker.samples(f'postings_total{{outcome="{name}",stream="customers"}}')
            for name in outcomes
        }
        assert worker.terminate() == ExitCode.STOPPED
    return counted


async def _all_of(place: Place) -> list[Fetched]:
    return sorted(await place.read("transactions"), key=lambda record: (record.partition, record.offset))


def _content(records: Sequence[Sent]) -> Counter[tuple[bytes | None, bytes | None]]:
    return Counter((record.key, record.value) for record in records)


async def test_poison_is_listed_mended_sent_again_and_counted_once(
    place: Place, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _run("topics", "create")
    poison = _Poison()
    stream = [*poison.good, *poison.distinct, *poison.hopeless * (_REPEATED - 1)]
    due = await send_all(place, "transactions", stream)
    strict = place.worker(LEDGERWATCH_POLICY=str(_policy_without_baht(tmp_path)))
    assert _work(strict)["applied"] == len(poison.good)
    before = await _all_of(place)

    capfdbinary.readouterr()
    _run("dead-letters", "list")
    listed, complaints = capfdbinary.readouterr()
    assert complaints == b""
    assert b"SECRET" not in listed
    *lines, summary = listed.decode().splitlines()
    assert {line.split()[0].encode(): line.split()[1] for line in lines} == due
    assert len(lines) == len(due) == 4 * _REPEATED + 2
    assert f"{_REPEATED:,} malformed_json" in summary

    _run("dead-letters", "list", "--reason", "no_exchange_rate", "--json")
    letter = DeadLetter.model_validate_json(capfdbinary.readouterr().out)
    assert (letter.original_key(), letter.original_value()) == (
        poison.mendable[0].key,
        poison.mendable[0].value,
    )

    _run("dead-letters", "replay", "--dry-run")
    assert b"1 malformed_json" in capfdbinary.readouterr().out
    assert await _all_of(place) == before

    _run("dead-letters", "replay")
    assert b"sent again: 6;" in capfdbinary.readouterr().out
    sent = [record for record in await _all_of(place) if record not in set(before)]
    assert Counter((record.key, record.value) for record in sent) == _content(poison.distinct)
    placed = {(record.key, record.value): record.partition for record in before}
    assert all(
        record.partition == placed[record.key, record.value] for record in sent if record.key is not None
    )
    assert [record.partition for record in sent if record.key is None] == [1]

    mended = place.worker(LEDGERWATCH_MAX_RECORD_BYTES=_MENDED_BYTES)
    assert _work(mended) == {"applied": 2, "duplicate": 0}
    _run("dead-letters", "replay")
    assert b"sent again: 6;" in capfdbinary.readouterr().out
    assert _work(place.worker(LEDGERWATCH_MAX_RECORD_BYTES=_MENDED_BYTES)) == {"applied": 0, "duplicate": 2}


async def test_an_original_that_is_gone_is_named_and_the_others_are_sent(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    _run("topics", "create")
    due = await send_all(place, "transactions", [Sent(b"C1", b"{}")])
    assert due == {}
    gone = DeadLetter.of(
        DeadLetterReason.TOO_LARGE,
        "",
        topic=place.topic("transactions"),
        partition=0,
        offset=999,
        timestamp_ms=0,
        key=b"C1",
        value=b"x" * (MAX_KEPT_BYTES + 1),
    )
    kept = gone.model_copy(update={"source_offset": 5, "truncated": False, "value": "e30=", "key": None})
    nothing = {"truncated": False, "value": None, "key": None, "value_bytes": 0, "value_sha256": None}
    empty = gone.model_copy(update={"source_offset": 6, **nothing})
    letters = [Sent(letter.message_key(), letter.to_json()) for letter in (gone, kept, empty)]
    await send_all(place, "dead_letters", [*letters, Sent(b"?", b"no dead letter")])
    capfd.readouterr()
    assert run(["dead-letters", "replay"]) == 1
    out, err = capfd.readouterr()
    assert out.startswith("sent again: 1;")
    complaints = err.splitlines()
    assert len(complaints) == 3
    assert sum("is no dead letter" in line for line in complaints) == 1
    assert sum("-999 is not sent: its original is no longer in its topic" in line for line in complaints) == 1
    assert sum("-6 is not sent: " in line for line in complaints) == 1


def test_topics_are_made_once_and_missed_by_name(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["topics", "check"]) == 2
    missing = capfd.readouterr().err.splitlines()
    assert len(missing) == len(TOPICS)
    assert all("is missing: `ledgerwatch topics create` makes it" in line for line in missing)
    for command in (["dead-letters", "list"], ["dead-letters", "replay"]):
        assert run(command) == 2
        assert capfd.readouterr() == (
            "",
            f"ledgerwatch: topic {place.topic('dead_letters')} is missing: `ledgerwatch topics create` makes it\n",
        )
    _run("topics", "create")
    assert place.topic("alerts") in capfd.readouterr().out
    _run("topics", "create")
    assert capfd.readouterr() == ("created: nothing, all were there\n", "")
    _run("topics", "check")
    assert capfd.readouterr() == (f"all {len(TOPICS)} topics are there and fit\n", "")
    _run("dead-letters", "list")
    assert capfd.readouterr() == ("dead letters: none\n", "")


async def test_a_simulated_bank_is_published_whole(
    place: Place, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _run("topics", "create")
    options = ("--customers", "40", "--days", "10")
    _run("simulate", "--output", "bank", *options)
    capfd.readouterr()
    _run("simulate", "--to-topics", *options)
    out, err = capfd.readouterr()
    assert err == ""
    lines = [value for _, value in read_records(tmp_path / "bank" / "transactions.jsonl", "UTC", "CNY")]
    assert out.startswith(f"{len(lines):,} postings of 40 customers, written to the topics\n")
    records = await place.read("transactions")
    assert Counter(record.value for record in records) == Counter(lines)
    assert all(json.loads(r.value or b"")["customer_id"].encode() == r.key for r in records)
    customers = [
        Customer.model_validate_json(record.value or b"") for record in await place.read("customers")
    ]
    assert len({customer.customer_id for customer in customers}) == 40
