"""The same file, over the wire and without it: the same alerts, byte for byte."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from agents.policies import read_policy
from agents.replay import replay
from agents.simulator.files import write_bank
from agents.worker import ExitCode
from schemas import Alert, Customer, Transaction
from tests.integration.faults.evidence import values
from tests.integration.faults.place import Place
from tests.integration.faults.sending import send_all
from tests.integration.faults.stream import Sent, connected, make_bank, sensitive_policy
from tests.integration.worker_process import wait_for, wait_until_drained


def _lines(path: Path, model: type[Customer | Transaction]) -> list[Sent]:
    with path.open("rb") as lines:
        values = [line.rstrip(b"\n") for line in lines]
    return [Sent(model.model_validate_json(value).customer_id.encode(), value) for value in values]


def _by_customer(alerts: list[bytes]) -> dict[str, list[bytes]]:
    """Every revision, in the order in which it was said; customers are judged apart, so only theirs is an order."""
    found: dict[str, list[bytes]] = {}
    for alert in alerts:
        found.setdefault(Alert.model_validate_json(alert).customer_id, []).append(alert)
    return found


def _of_customers(alerts: list[bytes]) -> list[bytes]:
    """What groups hear comes from several partitions, in no order that a file could have."""
    return [alert for alert in alerts if Alert.model_validate_json(alert).group_id is None]


async def test_replaying_a_file_says_what_the_worker_says(place: Place, tmp_path: Path) -> None:
    count = write_bank(make_bank(), tmp_path)
    customers, transactions = tmp_path / "customers.jsonl", tmp_path / "transactions.jsonl"
    said, aside = BytesIO(), BytesIO()
    policy = read_policy(place.settings.policy, place.settings.bank_timezone)
    outputs = {"alerts": said, "dead-letters": aside}
    replayed = replay(policy, [transactions], customers=customers, outputs=outputs, with_peers=False)

    place.declare()
    records = _lines(customers, Customer)
    await send_all(place, "customers", records)
    with place.worker() as worker:
        worker.wait_until_ready()
        known = len({record.key for record in records})
        wait_for(lambda: worker.samples("customers ") == known, 30)
        await send_all(place, "transactions", _lines(transactions, Transaction))
        wait_until_drained([worker])
        assert worker.terminate() == ExitCode.STOPPED

    published = _of_customers(values(await place.read("alerts")))
    expected = _of_customers(said.getvalue().splitlines())
    assert _by_customer(published) == _by_customer(expected)
    assert len(expected) == len(published) > 50
    assert replayed.tally.applied > count * 0.99
    assert len(await place.read("dead_letters")) == sum(replayed.dead_letters.values())


async def test_groups_in_one_partition_say_what_replaying_their_members_file_says(
    place: Place, tmp_path: Path
) -> None:
    """With more partitions groups hear their members in an order between those that no file has."""
    path = sensitive_policy(tmp_path, peers=False)
    place = replace(place, options={"policy": str(path), "partitions": 1})
    records = list(connected(make_bank()))
    customers, transactions = tmp_path / "customers.jsonl", tmp_path / "transactions.jsonl"
    write_bank(make_bank(), tmp_path)
    customers.write_bytes(b"".join((record.value or b"") + b"\n" for record in records))
    said = BytesIO()
    policy = read_policy(str(path), place.settings.bank_timezone)
    replayed = replay(policy, [transactions], customers=customers, outputs={"alerts": said}, with_peers=False)

    place.declare()
    await send_all(place, "customers", records)
    with place.worker() as worker:
        worker.wait_until_ready()
        wait_for(lambda: worker.samples("customers ") == len({record.key for record in records}), 30)
        await send_all(place, "transactions", _lines(transactions, Transaction))
        wait_until_drained([worker], partitions=1)
        assert worker.terminate() == ExitCode.STOPPED

    published = [
        alert for alert in values(await place.read("alerts")) if Alert.model_validate_json(alert).group_id
    ]
    replayed_alerts = [
        alert for alert in said.getvalue().splitlines() if Alert.model_validate_json(alert).group_id
    ]
    assert published == replayed_alerts
    assert replayed.group_alerts > 2
    held = {record.key: record.value for record in await place.read("group_state")}
    assert held == replayed.group_states
