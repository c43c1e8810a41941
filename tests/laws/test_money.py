"""Money is exact: what is refused cannot be held, and what is held is what was sent."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from monitor.money import format_major, to_base_minor, to_major
from schemas.currency import MINOR_UNIT_DIGITS
from schemas.fields import MAX_MAJOR_AMOUNT, MajorAmount
from tests.stories.bank import POLICY

_currencies = st.sampled_from(sorted(MINOR_UNIT_DIGITS))
_amounts = st.integers(1, 10**17 - 1).map(lambda n: Decimal(n).scaleb(-4))
_rates = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-6))
_amount: TypeAdapter[Decimal] = TypeAdapter(MajorAmount)


@given(_currencies, st.data())
def test_an_amount_in_the_base_currency_is_exact(currency: str, data: st.DataObject) -> None:
    digits = MINOR_UNIT_DIGITS[currency]
    amount_minor = data.draw(st.integers(1, MAX_MAJOR_AMOUNT * 10**digits - 1))
    amount = Decimal(amount_minor).scaleb(-digits)
    assert to_base_minor(amount, currency, currency, {}) == amount_minor


@given(_amounts, _rates, _currencies)
def test_a_converted_amount_is_the_nearest_minor_unit_and_never_nothing(
    amount: Decimal, rate: Decimal, base: str
) -> None:
    other = "EUR" if base != "EUR" else "USD"
    exact = Fraction(amount) * Fraction(rate) * 10 ** MINOR_UNIT_DIGITS[base]
    assert to_base_minor(amount, other, base, {other: rate}) == max(1, round(exact))


@given(_amounts, _currencies)
def test_without_a_rate_there_is_no_amount(amount: Decimal, currency: str) -> None:
    converted = to_base_minor(amount, currency, "CNY", POLICY.latest_rates())
    assert (converted is None) == (currency != "CNY" and currency not in POLICY.latest_rates())


@given(st.integers(1, 10**15 - 1))
def test_minor_units_shown_in_major_units_can_be_read_back(amount_minor: int) -> None:
    assert round(to_major(amount_minor, "CNY") * 100) == amount_minor
    assert (
        Decimal(format_major(amount_minor, "CNY").removeprefix("CNY ").replace(",", "")) * 100 == amount_minor
    )


@given(st.integers(1, 10**15 - 1), st.integers(0, 4), st.integers(0, 3))
def test_a_decimal_string_is_held_as_it_was_sent(digits: int, decimals: int, zeros: int) -> None:
    sent = Decimal(digits).scaleb(-decimals)
    text = f"{sent:f}" + ("" if decimals == 0 else "0" * zeros)
    if sent < MAX_MAJOR_AMOUNT:
        assert _amount.validate_json(json.dumps(text)) == sent


@given(st.integers(1, 10**17), st.integers(0, 20))
def test_a_json_number_is_exact_or_refused(digits: int, decimals: int) -> None:
    sent = Decimal(digits).scaleb(-decimals)
    try:
        held = _amount.validate_json(f"{sent:f}")
    except ValidationError:
        return
    # What a float cannot tell apart is refused by the intake, which sees the text: see tests/contract.
    assert held == sent or len(f"{sent:f}") > 17


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_is_an_amount_above_nothing_or_refused(value: float) -> None:
    try:
        held = _amount.validate_python(value)
    except ValidationError:
        return
    assert 0 < held < MAX_MAJOR_AMOUNT
    assert float(held) == value
