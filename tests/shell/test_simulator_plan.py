"""Plans that cannot be simulated are refused, by field."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

import pytest

from agents.simulator import SimulatedBank, SimulationPlan, simulate
from schemas import Transaction

PLAN = SimulationPlan(seed=11, customers=400, days=75, planted_per_typology=2, lookalikes_per_kind=2)
SMALL = SimulationPlan(seed=3, customers=60, days=21)


def _by_customer(bank: SimulatedBank) -> dict[bytes, list[bytes]]:
    values: dict[bytes, list[bytes]] = defaultdict(list)
    for key, value, _ in bank.records():
        values[key].append(value)
    return values


def test_same_plan_gives_the_same_bytes() -> None:
    first, second = simulate(SMALL), simulate(SMALL)
    assert list(first.records()) == list(second.records()) == list(first.records())
    assert first.customers == second.customers
    assert first.labels == second.labels


def test_another_seed_gives_another_bank() -> None:
    first, second = simulate(SMALL), simulate(replace(SMALL, seed=4))
    assert {value for _, value, _ in first.records()}.isdisjoint(value for _, value, _ in second.records())


def test_more_customers_leave_the_others_as_they_were() -> None:
    few, many = _by_customer(simulate(SMALL)), _by_customer(simulate(replace(SMALL, customers=100)))
    assert few == {key: many[key] for key in few}
    assert len(many) > len(few)


def test_more_days_only_add_days() -> None:
    short, long = (
        list(simulate(replace(SMALL, days=days, reversal_share=0.0)).records()) for days in (10, 21)
    )
    assert long[: len(short)] == short


def test_planting_changes_nobody_but_the_planted() -> None:
    bank = simulate(PLAN)
    plain = _by_customer(
        simulate(replace(PLAN, planted_per_typology=0, lookalikes_per_kind=0, reversal_share=0.0))
    )
    planted = _by_customer(bank)
    special = {member.encode() for label in bank.labels for member in label.members}
    assert all(planted[key] == plain[key] for key in plain if key not in special)
    assert all(planted[key] != plain[key] for key in special)


def test_irregularities_of_the_pipeline_are_labelled() -> None:
    bank = simulate(replace(SMALL, customers=100, reversal_share=0.1, late_share=0.1, duplicate_share=0.1))
    arrived = [Transaction.model_validate(p) for p in bank.postings()]
    places: dict[str, list[int]] = defaultdict(list)
    for place, posting in enumerate(arrived):
        places[posting.transaction_id].append(place)
    labelled: dict[str, set[str]] = defaultdict(set)
    for label in bank.labels:
        labelled[label.typology].update(label.transaction_ids)
    assert {i for i, seen in places.items() if len(seen) > 1} == labelled["noise:duplicate"] != set()
    assert {p.transaction_id for p in arrived if p.reverses} < labelled["noise:reversal"]
    latest = datetime.min.replace(tzinfo=arrived[0].booked_at.tzinfo)
    behind = set()
    for posting in arrived:
        if posting.booked_at < latest:
            behind.add(posting.transaction_id)
        latest = max(latest, posting.booked_at)
    assert behind <= labelled["noise:late"] | labelled["noise:duplicate"]
    assert behind & labelled["noise:late"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customers", 0),
        ("days", 0),
        ("start", date(2012, 1, 1)),
        ("timezone", "Asia/Nowhere"),
        ("timezone", "America/New_York"),
        ("reversal_share", 1.5),
        ("planted_per_typology", -1),
        ("planted_per_typology", 500),
    ],
)
def test_an_impossible_plan_is_refused_by_the_field_at_fault(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        replace(SimulationPlan(), **{field: value})  # type: ignore[arg-type]  # the values are of each field's own type


def test_planting_needs_days_for_habits_first() -> None:
    with pytest.raises(ValueError, match=r"^days: planted behaviour needs at least 60 days"):
        SimulationPlan(days=30, planted_per_typology=1)
    assert SimulationPlan(days=30).planted == 0


def test_too_few_suitable_customers_are_an_error_not_a_shortage() -> None:
    with pytest.raises(ValueError, match="customers suit"):
        simulate(SimulationPlan(customers=200, planted_per_typology=0, lookalikes_per_kind=5))
