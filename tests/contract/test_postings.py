"""Every way in which a record can be bad, and the reason under which it is set aside."""

import json
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.engine import Outcome
from schemas import DeadLetter, DeadLetterReason, Transaction
from tests.stories.bank import Bank, Fields, SourceRecord

SECRET: Final = "Wang Xiaoming 6222020200112233445"
GOOD: Final[Fields] = {
    "transaction_id": "T1",
    "customer_id": "C1",
    "account_id": "A1",
    "booked_at": "2026-03-02T09:30:00+08:00",
    "amount": "1234.50",
    "currency": "CNY",
    "direction": "credit",
}
FULL: Final[Fields] = GOOD | {
    "channel": "transfer",
    "counterparty_account": SECRET,
    "counterparty_name": "\u738b\u5c0f\u660e",
    "counterparty_bank": "ICBC",
    "counterparty_country": "CN",
    "counterparty_customer_id": "C2",
    "initiated_from": "mobile",
    "location_country": "CN",
    "purpose": "rent, March",
}
NOW_MS: Final = 1_772_415_000_000 + 60_000
"""A minute after the good posting's time."""


def send(
    value: bytes | None, key: bytes | None = b"C1", timestamp: int = NOW_MS, bank: Bank | None = None
) -> Outcome:
    bank = bank or Bank()
    bank.offset += 1
    return bank.process([SourceRecord("transactions", 3, bank.offset, timestamp, key, value)])


def as_json(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def without(name: str) -> Fields:
    return {field: value for field, value in GOOD.items() if field != name}


def only_letter(outcome: Outcome) -> DeadLetter:
    assert outcome.tally.applied == 0
    assert outcome.alerts == []
    (letter,) = outcome.dead_letters
    return letter


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
    ("currency", "XXX", "unknown_currency"),
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
    month = bank.state().months.grand_total()
    assert (month.in_count, month.in_sum) == (1000, 1000 * (10**15 - 1))


_UNREADABLE: Final[list[tuple[str, bytes | None, str]]] = [
    ("nothing", None, "null_value"),
    ("empty", b"", "malformed_json"),
    ("cut off", as_json(GOOD)[:-10], "malformed_json"),
    ("no JSON", SECRET.encode(), "malformed_json"),
    ("single quotes", str(GOOD).encode(), "malformed_json"),
    ("two values", as_json(GOOD) * 2, "malformed_json"),
    ("null", b"null", "wrong_type"),
    ("a list", b"[" + as_json(GOOD) + b"]", "wrong_type"),
    ("a string", json.dumps(SECRET).encode(), "wrong_type"),
    ("a number", b"6222020200112233445", "wrong_type"),
    ("deep", b"[" * 60_000, "malformed_json"),
    ("deep in a field", as_json(GOOD)[:-1] + b', "x":' + b"[" * 30_000, "malformed_json"),
    ("a lone surrogate", as_json(GOOD).replace(b"A1", rb"\ud800"), "malformed_json"),
    ("an endless number", as_json(GOOD).replace(b'"1234.50"', b"1" * 5000), "malformed_json"),
    ("GBK", json.dumps(FULL, ensure_ascii=False).encode("gbk"), "not_utf8"),
    ("UTF-16", json.dumps(FULL, ensure_ascii=False).encode("utf-16"), "not_utf8"),
    ("Latin-1", b'{"purpose": "\xe9"}', "not_utf8"),
    ("65 KiB", as_json(GOOD | {"purpose": "x" * 65_536}), "too_large"),
    ("10 MB", b'{"purpose": "' + SECRET.encode() + b"x" * 10_000_000, "too_large"),
]


@pytest.mark.parametrize(
    ("value", "reason"), [case[1:] for case in _UNREADABLE], ids=[case[0] for case in _UNREADABLE]
)
def test_a_value_that_cannot_be_read_is_set_aside(value: bytes | None, reason: str) -> None:
    letter = only_letter(send(value))
    assert letter.reason == reason
    assert SECRET not in letter.detail
    assert letter.value_bytes == len(value or b"")
    assert letter.truncated == (letter.value_bytes > 700_000)
    assert (value or b"").startswith(letter.original_value() or b"")
    assert letter.truncated or letter.original_value() == value


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "null_key"),
        (b"C2", "key_mismatch"),
        (b"", "key_mismatch"),
        (b"\xff", "key_mismatch"),
        (b'"C1"', "key_mismatch"),
    ],
)
def test_a_key_has_to_be_the_customer(key: bytes | None, reason: str) -> None:
    letter = only_letter(send(as_json(GOOD), key))
    assert letter.reason == reason
    assert letter.original_key() == key


@pytest.mark.parametrize("timestamp", [-1, NOW_MS - 24 * 3_600_000, NOW_MS, NOW_MS + 10**10])
def test_a_time_up_to_a_day_ahead_is_no_future(timestamp: int) -> None:
    assert send(as_json(GOOD), timestamp=timestamp).tally.applied == 1


def test_a_posting_older_than_the_oldest_tile_is_too_late() -> None:
    bank = Bank()
    send(as_json(GOOD), bank=bank)
    old = GOOD | {"transaction_id": "T0", "booked_at": "2026-01-26T23:59:59+08:00"}
    letter = only_letter(send(as_json(old), bank=bank))
    assert letter.reason == "too_late"
    assert letter.detail.startswith("booked_at: ")
    assert send(as_json(old | {"booked_at": "2026-01-27T00:00:00+08:00"}), bank=bank).tally.late == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reverses": "never seen"}, "unknown_original"),
        ({"amount": "1234.51"}, "reversal_mismatch"),
        ({"direction": "credit"}, "reversal_mismatch"),
    ],
)
def test_a_reversal_has_to_fit_its_original(changes: Fields, reason: str) -> None:
    bank = Bank()
    send(as_json(GOOD), bank=bank)
    reversal = GOOD | {"transaction_id": "T2", "direction": "debit", "reverses": "T1"}
    letter = only_letter(send(as_json(reversal | changes), bank=bank))
    assert letter.reason == reason
    assert letter.detail.startswith("reverses: ")
    assert send(as_json(reversal | {"transaction_id": "T3"}), bank=bank).tally.reversed == 1


def test_every_reason_is_reached_here() -> None:
    tried = {reason for _, _, reason in FIELDS} | {reason for _, _, reason in _UNREADABLE}
    tried |= {
        "null_key",
        "key_mismatch",
        "missing_field",
        "too_late",
        "unknown_original",
        "reversal_mismatch",
    }
    assert tried == {reason.value for reason in DeadLetterReason}


def test_a_dead_letter_says_where_it_came_from() -> None:
    letter = only_letter(send(b"{", timestamp=17))
    assert (letter.source_topic, letter.source_partition, letter.source_offset) == ("transactions", 3, 1)
    assert letter.source_timestamp_ms == 17
    assert letter.message_key() == b"transactions-3-1"
    assert DeadLetter.model_validate_json(letter.to_json()) == letter


_any_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
_deterministic = settings(derandomize=True, database=None, deadline=None, max_examples=200)


@_deterministic
@given(st.sampled_from(sorted(FULL)), _any_json)
def test_whatever_a_field_holds_is_applied_or_set_aside(name: str, value: object) -> None:
    outcome = send(json.dumps(FULL | {name: value}).encode())
    assert outcome.tally.applied + len(outcome.dead_letters) == 1


@_deterministic
@given(st.one_of(st.binary(max_size=200), _any_json.map(lambda value: json.dumps(value).encode())))
def test_whatever_bytes_come_are_set_aside(value: bytes) -> None:
    only_letter(send(value))


@_deterministic
@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_damaged_posting_is_applied_or_set_aside(position: int, damage: bytes) -> None:
    good = as_json(FULL)
    position %= len(good)
    outcome = send(good[:position] + damage + good[position + 1 :])
    assert outcome.tally.applied + outcome.tally.reversed + len(outcome.dead_letters) == 1
