"""The simulated bank: the same for the same seed, and true to its plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest

from agents.simulator import SimulatedBank, SimulationPlan, simulate
from agents.simulator.holidays import holidays_of, is_working
from agents.simulator.plan import HABIT_DAYS, LASTING, LOOKALIKES, TYPOLOGIES
from schemas import Customer, Transaction

PLAN = SimulationPlan(seed=11, customers=400, days=75, planted_per_typology=2, lookalikes_per_kind=2)


@pytest.fixture(scope="module")
def bank() -> SimulatedBank:
    return simulate(PLAN)


@pytest.fixture(scope="module")
def postings(bank: SimulatedBank) -> list[dict[str, object]]:
    return list(bank.postings())


def _with(postings: Iterable[dict[str, object]], **fields: object) -> list[dict[str, object]]:
    return [p for p in postings if all(p.get(name) == value for name, value in fields.items())]


def _day(posting: dict[str, object]) -> date:
    return date.fromisoformat(str(posting["booked_at"])[:10])


def test_every_posting_and_customer_keeps_the_wire_contract(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    for record in bank.customers:
        assert not Customer.model_validate(record).model_extra
    for _, value, booked_at_ms in list(bank.records())[::7]:
        posting = Transaction.model_validate_json(value)
        assert not posting.model_extra
        assert posting.booked_at.timestamp() * 1000 == booked_at_ms
    assert {p["currency"] for p in postings} == {"CNY"}
    assert {str(p["booked_at"])[-6:] for p in postings} == {"+08:00"}


def test_records_are_keyed_by_their_customer(bank: SimulatedBank) -> None:
    known = {str(record["customer_id"]).encode() for record in bank.customers}
    unknown = {label.customer_id.encode() for label in bank.labels if label.typology == "incomplete-kyc"}
    for key, value, _ in bank.records():
        assert key in known | unknown
        assert b'"customer_id":"' + key + b'"' in value


def test_postings_come_in_order_of_event_time(bank: SimulatedBank) -> None:
    times = [booked_at_ms for _, _, booked_at_ms in bank.records()]
    assert times == sorted(times)


def test_transaction_and_customer_ids_are_unique(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    assert len({p["transaction_id"] for p in postings}) == len(postings)
    known = {c["customer_id"] for c in bank.customers}
    assert len(known | {p["customer_id"] for p in postings}) == PLAN.customers


def test_every_typology_and_lookalike_is_planted_as_often_as_asked(bank: SimulatedBank) -> None:
    counts = Counter(label.typology for label in bank.labels if not label.typology.startswith("noise:"))
    assert counts == dict.fromkeys((*TYPOLOGIES, *(f"lookalike:{name}" for name in LOOKALIKES)), 2)
    customers = [member for label in bank.labels for member in label.members]
    assert len(set(customers)) == len(customers), "one label a customer, so that an alert has one explanation"


def test_labels_name_postings_of_their_customer_and_days(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    by_id = {p["transaction_id"]: p for p in postings}
    for label in bank.labels:
        named = [by_id[transaction_id] for transaction_id in label.transaction_ids]
        assert named
        assert {p["customer_id"] for p in named} == set(label.members)
        assert label.customer_id in label.members
        assert min(map(_day, named)) == label.start
        assert max(map(_day, named)) == label.end


def test_nothing_is_planted_before_there_are_habits(bank: SimulatedBank) -> None:
    earliest = PLAN.date_of(HABIT_DAYS)
    assert all(
        label.start >= earliest for label in bank.labels if label.is_planted and label.typology not in LASTING
    )


def test_offices_rest_on_weekends_and_holidays(postings: list[dict[str, object]]) -> None:
    for purpose in ("代发工资", "税款", "采购款", "货款", "工资"):
        assert all(is_working(_day(p)) for p in _with(postings, purpose=purpose)), purpose
    festival = holidays_of(2026).spring_festival
    assert not [p for p in _with(postings, channel="cheque") if _day(p) == festival]


def test_weekends_worked_in_exchange_are_working_days(postings: list[dict[str, object]]) -> None:
    assert [p for p in _with(postings, purpose="货款") if _day(p) == date(2026, 2, 28)]


def test_shopping_has_a_weekly_rhythm_and_a_rush_before_the_festival(
    postings: list[dict[str, object]],
) -> None:
    days = Counter(map(_day, _with(postings, purpose="消费")))
    monday, saturday = date(2026, 1, 12), date(2026, 1, 17)
    assert days[saturday] > 1.2 * days[monday]
    festival = holidays_of(2026).spring_festival
    assert days[festival - timedelta(3)] > 1.2 * days[festival + timedelta(1)]


def test_dormant_customers_sleep_for_half_a_year_and_wake_once(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    for label in (label for label in bank.labels if label.typology == "dormant"):
        own = _with(postings, customer_id=label.customer_id)
        before = [p for p in own if _day(p) < PLAN.start]
        assert before
        assert all((label.start - _day(p)).days >= 180 for p in before)
        assert {p["transaction_id"] for p in own if _day(p) >= PLAN.start} == set(label.transaction_ids)


def test_structuring_is_cash_below_the_threshold_within_ten_working_days(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    by_id = {p["transaction_id"]: p for p in postings}
    for label in (label for label in bank.labels if label.typology == "structuring"):
        cash = _with((by_id[i] for i in label.transaction_ids), channel="cash", direction="credit")
        assert len(cash) >= 3
        assert all(40_000 <= float(str(p["amount"])) < 50_000 for p in cash)
        days = (label.start + timedelta(day) for day in range((label.end - label.start).days + 1))
        assert sum(is_working(day) for day in days) <= 10


def test_both_sides_of_a_transfer_between_customers_tell_the_same_story(
    postings: list[dict[str, object]],
) -> None:
    sides: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    for p in (p for purpose in ("家用", "货款", "内部往来") for p in _with(postings, purpose=purpose)):
        if other := p.get("counterparty_customer_id"):
            pair = (p["customer_id"], other) if p["direction"] == "debit" else (other, p["customer_id"])
            sides[*pair, p["booked_at"], p["amount"]][str(p["direction"])] += 1
    assert len(sides) > 100
    assert all(side["debit"] == side["credit"] for side in sides.values())


def test_about_a_tenth_of_the_counterparties_are_customers(postings: list[dict[str, object]]) -> None:
    known = {
        (p["customer_id"], p["counterparty_account"], "counterparty_customer_id" in p)
        for p in postings
        if "counterparty_account" in p
    }
    assert 0.05 < sum(is_own for _, _, is_own in known) / len(known) < 0.15


def test_a_counterparty_account_has_one_name_bank_and_customer(postings: list[dict[str, object]]) -> None:
    parties: dict[object, set[tuple[object, ...]]] = defaultdict(set)
    for p in postings:
        fields = (
            "counterparty_name",
            "counterparty_bank",
            "counterparty_country",
            "counterparty_customer_id",
        )
        parties[p.get("counterparty_account")].add(tuple(p.get(field) for field in fields))
    assert all(len(seen) == 1 for seen in parties.values())


def test_planted_customers_were_active_before(bank: SimulatedBank, postings: list[dict[str, object]]) -> None:
    active = Counter(p["customer_id"] for p in postings if _day(p) < PLAN.date_of(HABIT_DAYS))
    assert all(
        active[member] >= 10
        for label in bank.labels
        for member in label.members
        if label.is_planted and label.typology not in ("dormant", "new-account")
    )


def test_an_account_that_is_new_has_no_posting_before_it_was_opened(
    bank: SimulatedBank, postings: list[dict[str, object]]
) -> None:
    opened = {c["customer_id"]: date.fromisoformat(str(c["opened_on"])) for c in bank.customers}
    for label in bank.labels:
        if label.typology in ("new-account", "lookalike:start-up"):
            own = [_day(p) for p in _with(postings, customer_id=label.customer_id)]
            assert PLAN.date_of(HABIT_DAYS - 7) < opened[label.customer_id] < min(own)
            assert max(own) > label.start


def test_a_label_of_connected_customers_names_all_of_them(bank: SimulatedBank) -> None:
    groups = [label for label in bank.labels if label.customer_ids]
    assert {label.typology for label in groups} == {
        "group-round-trip",
        "group-structuring",
        "group-transfers",
        "lookalike:group-treasury",
    }
    records = {c["customer_id"]: c for c in bank.customers}
    for label in groups:
        members = [records[member] for member in label.members]
        assert len(members) in (3, 4)
        assert len({member["group_id"] for member in members}) == 1
        assert label.as_dict()["customer_ids"] == list(label.members)
    assert all("customer_ids" not in label.as_dict() for label in bank.labels if label not in groups)


def test_reversals_undo_an_earlier_posting_of_the_same_customer_and_amount(
    postings: list[dict[str, object]],
) -> None:
    by_id = {p["transaction_id"]: p for p in postings}
    reversals = [p for p in postings if "reverses" in p]
    assert reversals
    for reversal in reversals:
        undone = by_id[reversal["reverses"]]
        assert (undone["customer_id"], undone["amount"]) == (reversal["customer_id"], reversal["amount"])
        assert datetime.fromisoformat(str(undone["booked_at"])) < datetime.fromisoformat(
            str(reversal["booked_at"])
        )
