"""The quick way of reading a posting reads what the schema reads, or leaves it to the schema."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.engine import MAX_VALUE_BYTES
from monitor.intake import Intake
from monitor.plain_form import PlainForm
from tests.stories.bank import POLICY

_LATEST_MS = 1_800_000_000_000
_GOOD: dict[str, Any] = {
    "transaction_id": "T1",
    "customer_id": "C1",
    "account_id": "A1",
    "booked_at": "2026-03-02T09:30:00+08:00",
    "amount": "1234.50",
    "currency": "CNY",
    "direction": "debit",
    "channel": "transfer",
}
_FIELDS = (
    *_GOOD,
    "counterparty_account",
    "counterparty_name",
    "counterparty_bank",
    "counterparty_country",
    "counterparty_customer_id",
    "initiated_from",
    "location_country",
    "purpose",
    "reverses",
    "something_else",
)
_texts = st.one_of(
    st.text(max_size=70),
    st.sampled_from(
        ["", " ", "A1", "x" * 64, "x" * 65, "中" * 30, "\x7f", "\x00", "\u00a0", "CN", "cn", "C1", "ÄÖ"]
    ),
)
_amounts = st.one_of(
    st.decimals("0", "1e14", places=2).map(str),
    st.from_regex(r"[0-9]{0,14}\.?[0-9]{0,4}", fullmatch=True),
    st.sampled_from(
        [
            "0",
            "0.00",
            "1.",
            ".5",
            "1e3",
            "-1",
            "+1",
            "01.50",
            "1_000",
            "\uff11",
            "\u00b2",
            "1.5 ",
            "1.500",
            "NaN",
        ]
    ),
    st.integers(-5, 10**15),
    st.floats(),
)
_times = st.one_of(
    st.datetimes().map(lambda t: t.isoformat()),
    st.datetimes().map(lambda t: t.isoformat(timespec="seconds") + "Z"),
    st.datetimes().map(lambda t: t.isoformat(timespec="seconds") + "+08:00"),
    st.sampled_from(
        (
            "2026-W10-1T09:30:00+08:00",
            "2026-02-30T09:30:00Z",
            "1970-12-31T23:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02 09:30:00Z",
            "2026-03-02T09:30:60Z",
            "2026-03-02T09:30:00+25:00",
            "2026-03-02t09:30:00z",
        )
    ),
)
_codes = st.sampled_from(
    ["CNY", "USD", "JPY", "cny", "XTS", "credit", "debit", "cash", "card", "other", "atm", "D"]
)
_values = st.one_of(
    _texts, _amounts, _times, _codes, st.none(), st.booleans(), st.lists(st.none(), max_size=1)
)
_changes = st.dictionaries(st.sampled_from(_FIELDS), _values, max_size=3)
_likely = st.fixed_dictionaries({}, optional={"amount": _amounts, "booked_at": _times, "purpose": _texts})


@settings(max_examples=2_000)
@given(_changes, _likely, st.booleans())
def test_both_ways_read_the_same(changes: dict[str, Any], likely: dict[str, Any], keeps_ascii: bool) -> None:
    row = _GOOD | likely | changes
    try:
        value = json.dumps(row, ensure_ascii=keeps_ascii).encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        return
    quick = PlainForm(POLICY).posting(b"C1", value, _LATEST_MS)
    if quick is not None:
        assert quick == Intake(POLICY, MAX_VALUE_BYTES)._by_schema(b"C1", value, _LATEST_MS)


@given(st.binary(max_size=40), st.integers(0, 200))
def test_broken_bytes_are_left_to_the_schema(noise: bytes, at: int) -> None:
    value = json.dumps(_GOOD).encode()
    value = value[:at] + noise + value[at + len(noise) :]
    quick = PlainForm(POLICY).posting(b"C1", value, _LATEST_MS)
    if quick is not None:
        assert quick == Intake(POLICY, MAX_VALUE_BYTES)._by_schema(b"C1", value, _LATEST_MS)


def test_an_ordinary_posting_takes_the_quick_way() -> None:
    full = _GOOD | {"counterparty_account": "6222", "counterparty_name": "李四", "counterparty_country": "CN"}
    for row in (_GOOD, full, _GOOD | {"booked_at": "2026-03-02T01:30:00Z", "amount": "5"}):
        assert PlainForm(POLICY).posting(b"C1", json.dumps(row).encode(), _LATEST_MS) is not None


def test_another_customers_key_is_left_to_the_schema() -> None:
    assert PlainForm(POLICY).posting(b"C2", json.dumps(_GOOD).encode(), _LATEST_MS) is None
