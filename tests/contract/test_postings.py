"""Every field that can be bad, and the reason under which its posting is set aside."""

import json
from typing import Final

import pytest

from schemas import Transaction
from tests.contract.records import FULL, GOOD, SECRET, as_json, only_letter, send, without
from tests.stories.bank import Bank, Fields


@pytest.mark.parametrize("fields", [GOOD, FULL], ids=["least", "most"])
def test_a_good_posting_is_applied(fields: Fields) -> None:
    outcome = send(as_json(fields))
    assert outcome.dead_letters == []
    assert (outcome.tally.applied, outcome.tally.unknown_fields, outcome.tally.without_record) == (1, 0, 1)


@pytest.mark.parametrize("fields", [GOOD, FULL], ids=["least", "most"])
def test_a_posting_is_written_as_it_was_read(fields: Fields) -> None:
    tx = Transaction.model_validate_json(as_json(fields))
    assert Transaction.model_validate_json(tx.to_json()) == tx
    assert tx.to_json() == Transaction.model_validate_json(tx.to_json()).to_json()


def test_unknown_fields_are_tolerated_and_counted() -> None:
    extra: Fields = {"branch_code": 17, "risk": {"amount": 1.5, "tags": [None, True]}, "x" * 300: "y" * 300}
    outcome = send(as_json(GOOD | extra))
    assert (outcome.tally.applied, outcome.tally.unknown_fields) == (1, 3)


FIELDS: Final[list[tuple[str, object, str]]] = [
    *(
        (name, None, "wrong_type")
        for name in ("transaction_id", "customer_id", "account_id", "booked_at", "amount")
    ),
    ("transaction_id", 17, "wrong_type"),
    ("transaction_id", "", "invalid_value"),
    ("transaction_id", "x" * 65, "invalid_value"),
    ("transaction_id", "\u4e2d" * 22, "invalid_value"),
    ("transaction_id", "\U0001f600" * 64, "invalid_value"),
    ("account_id", "A\x001", "invalid_value"),
    ("account_id", {"iban": SECRET}, "wrong_type"),
    ("amount", -5, "amount_out_of_range"),
    ("amount", "-5.00", "amount_out_of_range"),
    ("amount", 0, "amount_out_of_range"),
    ("amount", "0.00", "amount_out_of_range"),
    ("amount", -0.0, "amount_out_of_range"),
    ("amount", 10**13, "amount_out_of_range"),
    ("amount", "99999999999999999999999", "amount_out_of_range"),
    ("amount", 1e30, "amount_out_of_range"),
    ("amount", 1e300, "invalid_value"),
    ("amount", float("nan"), "invalid_value"),
    ("amount", float("inf"), "invalid_value"),
    ("amount", "NaN", "invalid_value"),
    ("amount", "Infinity", "invalid_value"),
    ("amount", "1e3", "invalid_value"),
    ("amount", "1,234.50", "invalid_value"),
    ("amount", "\u0661\u0662", "invalid_value"),
    ("amount", " 5", "invalid_value"),
    ("amount", SECRET, "invalid_value"),
    ("amount", True, "wrong_type"),
    ("amount", [5], "wrong_type"),
    ("amount", "1.005", "amount_precision"),
    ("amount", 1.005, "amount_precision"),
    ("amount", "10.00000000000000000001", "amount_precision"),
    ("amount", 1234567890123.456, "amount_precision"),
    ("currency", "XTS", "unknown_currency"),
    ("currency", "cny", "unknown_currency"),
    ("currency", "", "unknown_currency"),
    ("currency", SECRET, "unknown_currency"),
    ("currency", 156, "wrong_type"),
    ("currency", "AFN", "no_exchange_rate"),
    ("direction", "C", "invalid_value"),
    ("direction", "in", "invalid_value"),
    ("direction", None, "invalid_value"),
    ("channel", "wire", "invalid_value"),
    ("counterparty_country", "CHN", "invalid_value"),
    ("counterparty_country", "cn", "invalid_value"),
    ("purpose", "x" * 141, "invalid_value"),
    ("counterparty_account", "", "invalid_value"),
    ("reverses", 5, "wrong_type"),
    ("booked_at", "2026-03-02T09:30:00", "naive_time"),
    ("booked_at", "2026-03-02 09:30:00", "naive_time"),
    ("booked_at", "2025-07-19", "invalid_value"),
    ("booked_at", "02.03.2026 09:30", "invalid_value"),
    ("booked_at", "2026-02-30T09:30:00Z", "invalid_value"),
    ("booked_at", "2026-03-02T25:30:00Z", "invalid_value"),
    ("booked_at", SECRET, "invalid_value"),
    ("booked_at", 1772415000, "wrong_type"),
    ("booked_at", "1970-01-01T00:00:00Z", "time_out_of_range"),
    ("booked_at", "0001-01-01T00:00:00Z", "time_out_of_range"),
    ("booked_at", "9999-12-31T23:59:59-12:00", "time_out_of_range"),
    ("booked_at", "2026-03-04T09:30:00+08:00", "in_the_future"),
    ("booked_at", "2099-12-31T23:59:59Z", "in_the_future"),
]


@pytest.mark.parametrize(("name", "value", "reason"), FIELDS)
def test_a_bad_field_is_named_and_not_quoted(name: str, value: object, reason: str) -> None:
    letter = only_letter(send(as_json(GOOD | {name: value})))
    assert letter.reason == reason
    assert letter.detail.startswith(f"{name}: ")
    assert SECRET not in letter.detail
    shown = json.dumps(value, ensure_ascii=False).strip('"')
    assert len(shown) < 4 or name == "currency" or shown not in letter.detail


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_field_is_named(name: str) -> None:
    letter = only_letter(send(as_json(without(name))))
    assert letter.reason == "missing_field"
    assert letter.detail.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("100.5", "JPY"), ("1.005", "CNY"), ("1.0005", "KWD"), (100.5, "JPY"), ("0.00001", "CLF")],
)
def test_an_amount_finer_than_its_currency_is_no_amount(amount: object, currency: str) -> None:
    letter = only_letter(send(as_json(GOOD | {"amount": amount, "currency": currency})))
    assert letter.reason == "amount_precision"
    assert letter.detail.startswith("amount: ")


@pytest.mark.parametrize(
    "number",
    [
        "10.00000000000000000001",
        "1234567890123456.78",
        "0.10000000000000000000000000000005",
        "100000000000.00001",
    ],
)
def test_a_json_number_that_no_float_holds_is_no_amount(number: str) -> None:
    value = as_json(GOOD).replace(b'"1234.50"', number.encode())
    letter = only_letter(send(value))
    assert letter.reason in ("amount_precision", "amount_out_of_range")
    assert number not in letter.detail


@pytest.mark.parametrize("amount", ["9999999999999.99", "0.01", 0.01, 1234567890123, "5", "5.0", "5.000000"])
def test_amounts_at_the_edges_are_amounts(amount: object) -> None:
    assert send(as_json(GOOD | {"amount": amount})).tally.applied == 1


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\u4e2d", "\U0001f600"])
def test_ids_of_any_letters_up_to_their_length_are_ids(letter: str) -> None:
    longest = letter * (64 // len(letter.encode()))
    ids: Fields = {"transaction_id": longest, "account_id": letter * 64, "counterparty_account": letter * 64}
    outcome = send(as_json(GOOD | ids))
    assert (outcome.tally.applied, outcome.dead_letters) == (1, [])


def test_an_amount_too_large_in_the_base_currency_is_no_amount() -> None:
    """Sums of such amounts would not fit in what is stored."""
    letter = only_letter(send(as_json(GOOD | {"amount": "9999999999999.999", "currency": "KWD"})))
    assert letter.reason == "amount_out_of_range"
    assert letter.detail.startswith("amount: ")


def test_a_thousand_of_the_largest_amounts_are_held() -> None:
    bank = Bank()
    largest = [GOOD | {"transaction_id": f"T{n}", "amount": "9999999999999.99"} for n in range(1000)]
    bank.post(*largest)
    assert bank.state().months.moved_sum == 1000 * (10**15 - 1)
