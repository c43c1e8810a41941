"""Money: whole minor units of the bank's base currency inside, major units at the edges."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from schemas.currency import MINOR_UNIT_DIGITS


def to_base_minor(amount: Decimal, currency: str, base: str, rates: Mapping[str, Decimal]) -> int | None:
    """`amount` (major units of `currency`) in minor units of `base`; None if there is no rate for `currency`.

    `rates` says how many units of `base` one unit of a currency is worth. Exact for the base currency itself; others
    are rounded half to even, to at least one minor unit: an amount never becomes nothing.

    >>> to_base_minor(Decimal("12.34"), "CNY", "CNY", {})
    1234
    >>> to_base_minor(Decimal("100"), "JPY", "CNY", {"JPY": Decimal("0.0465")})
    465
    """
    digits = MINOR_UNIT_DIGITS[base]
    if currency == base:
        return int(amount.scaleb(digits))
    rate = rates.get(currency)
    if rate is None:
        return None
    return max(1, int((amount * rate).scaleb(digits).to_integral_value(ROUND_HALF_EVEN)))


def round_unit(currency: str) -> int:
    """What a round sum is a multiple of, major units: a thousand, or 100,000 in currencies without decimals.

    >>> round_unit("CNY"), round_unit("JPY")
    (1000, 100000)
    """
    return 1_000 if MINOR_UNIT_DIGITS[currency] else 100_000


def to_major(amount_minor: float, currency: str) -> float:
    """`amount_minor` (minor units) in major units, rounded to the minor unit: for people and for the wire."""
    digits = MINOR_UNIT_DIGITS[currency]
    return round(amount_minor / float(10**digits), digits)


def format_major(amount_minor: float, currency: str) -> str:
    """`amount_minor` as people read it.

    >>> format_major(123456789, "CNY")
    'CNY 1,234,567.89'
    """
    return f"{currency} {to_major(amount_minor, currency):,.{MINOR_UNIT_DIGITS[currency]}f}"
