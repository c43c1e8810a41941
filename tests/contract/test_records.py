"""Records that cannot be read, come too late or undo nothing, and the reason under which they are set aside."""

import json
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import DeadLetter, DeadLetterReason
from tests.contract.records import FULL, GOOD, NOW_MS, SECRET, as_json, only_letter, send
from tests.contract.test_postings import FIELDS
from tests.stories.bank import Bank, Fields

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
