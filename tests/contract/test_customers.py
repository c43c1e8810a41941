"""Customer records: what the KYC system may send, and what it changes."""

import json
from typing import Final

import pytest

from monitor.batch import Outcome
from monitor.policy import UNKNOWN_GRADE, UNKNOWN_KIND
from schemas import Customer
from tests.stories.bank import POLICY, Bank, Fields, SourceRecord

SECRET: Final = "Wang Xiaoming 6222020200112233445"
LEAST: Final[Fields] = {"customer_id": "C1", "kind": "company"}
MOST: Final[Fields] = LEAST | {
    "name": "\u4e0a\u6d77\u8d38\u6613\u6709\u9650\u516c\u53f8",
    "opened_on": "2019-07-01",
    "risk_grade": "high",
    "country": "CN",
    "industry": "F5136",
    "occupation": "trader",
    "segment": "sme",
    "declared_monthly_income": "12000.50",
    "declared_monthly_turnover": 250000,
    "registered_capital": "5000000",
    "currency": "CNY",
    "expected_monthly_volume": "300000",
    "expected_cash_share": 0.25,
    "is_pep": False,
    "list_tags": ["local-pep", "adverse-media"],
    "group_id": "G1",
    "beneficial_owners": ["C7", "C8"],
    "effective_from": "2026-01-01T00:00:00+08:00",
}


def send(value: bytes | None, key: bytes | None = b"C1", bank: Bank | None = None) -> Outcome:
    bank = bank or Bank()
    bank.offset += 1
    return bank.process([SourceRecord("customers", 0, bank.offset, -1, key, value)])


def as_json(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


@pytest.mark.parametrize("fields", [LEAST, MOST], ids=["least", "most"])
def test_a_good_record_is_applied(fields: Fields) -> None:
    bank = Bank()
    outcome = send(as_json(fields), bank=bank)
    assert outcome.dead_letters == []
    assert (outcome.tally.customers, outcome.tally.unknown_fields) == (1, 0)
    assert (bank.state().kind, bank.state().risk_grade) == ("company", fields.get("risk_grade"))


def test_a_record_is_written_as_it_was_read() -> None:
    customer = Customer.model_validate_json(as_json(MOST))
    assert Customer.model_validate_json(customer.to_json()) == customer


def test_unknown_fields_are_tolerated_and_counted() -> None:
    assert send(as_json(LEAST | {"shoe_size": 43, "nested": {"a": [1]}})).tally.unknown_fields == 2


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("kind", "bank", "invalid_value"),
        ("kind", None, "invalid_value"),
        ("customer_id", 5, "wrong_type"),
        ("risk_grade", "HIGH", "invalid_value"),
        ("country", SECRET, "invalid_value"),
        ("currency", "RMB", "unknown_currency"),
        ("declared_monthly_income", -1, "amount_out_of_range"),
        ("declared_monthly_income", "about 5000", "invalid_value"),
        ("registered_capital", "1.23456", "amount_precision"),
        ("expected_cash_share", 1.5, "invalid_value"),
        ("expected_cash_share", float("nan"), "invalid_value"),
        ("opened_on", "2026-02-30", "invalid_value"),
        ("opened_on", "2026-03-02T09:00:00", "naive_time"),
        ("opened_on", "1900-01-01", "time_out_of_range"),
        ("opened_on", 20260302, "wrong_type"),
        ("is_pep", SECRET, "invalid_value"),
        ("list_tags", "pep", "wrong_type"),
        ("list_tags", [SECRET * 2], "invalid_value"),
        ("list_tags", ["x"] * 33, "invalid_value"),
        ("beneficial_owners", "C7", "wrong_type"),
        ("beneficial_owners", [SECRET * 5], "invalid_value"),
        ("beneficial_owners", ["C7"] * 17, "invalid_value"),
        ("name", "x" * 141, "invalid_value"),
    ],
)
def test_a_bad_field_is_named_and_not_quoted(name: str, value: object, reason: str) -> None:
    (letter,) = send(as_json(LEAST | {name: value})).dead_letters
    assert letter.reason == reason
    assert letter.detail.startswith(name)
    assert SECRET not in letter.detail


@pytest.mark.parametrize("name", sorted(LEAST))
def test_a_missing_field_is_named(name: str) -> None:
    (letter,) = send(as_json({field: value for field, value in LEAST.items() if field != name})).dead_letters
    assert letter.reason == "missing_field"
    assert letter.detail.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        (as_json(LEAST), None, "null_key"),
        (as_json(LEAST), b"C2", "key_mismatch"),
        (None, b"C1", "null_value"),
        (b"{", b"C1", "malformed_json"),
        (as_json(MOST)[:-1] + b', "x": "' + b"x" * 70_000 + b'"}', b"C1", "too_large"),
    ],
)
def test_a_record_that_cannot_be_read_is_set_aside(
    value: bytes | None, key: bytes | None, reason: str
) -> None:
    outcome = send(value, key)
    assert [letter.reason.value for letter in outcome.dead_letters] == [reason]
    assert outcome.states == {}


def test_the_newest_record_holds() -> None:
    bank = Bank()
    for grade in ("high", "low", None):
        send(as_json(LEAST | {"risk_grade": grade}), bank=bank)
        assert bank.state().risk_grade == grade


def test_a_record_that_was_applied_is_not_applied_again() -> None:
    bank = Bank()
    records = [bank.record(LEAST | {"risk_grade": grade}, "customers") for grade in ("high", "low")]
    bank.process(records)
    stored = dict(bank.stored)
    assert bank.process(records).tally.fenced == 2
    assert bank.stored == stored


def test_the_topics_of_a_partition_are_fenced_apart() -> None:
    """Offsets of `customers` say nothing of those of `transactions`."""
    bank = Bank()
    bank.offset = 500
    bank.declare(kind="company")
    bank.offset = 0
    posting: Fields = {
        "transaction_id": "T1",
        "customer_id": "C1",
        "account_id": "A1",
        "booked_at": "2026-03-02T09:30:00+08:00",
        "amount": 5,
        "currency": "CNY",
        "direction": "credit",
    }
    assert bank.post(posting).tally.applied == 1


def test_a_customer_without_a_record_is_judged_as_a_person_of_medium_risk() -> None:
    assert POLICY.rules_for(None, None) is POLICY.rules_for(UNKNOWN_KIND, UNKNOWN_GRADE)
    assert (UNKNOWN_KIND, UNKNOWN_GRADE) == ("person", "medium")
