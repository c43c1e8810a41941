"""The field types that several models share: amounts, instants, identifiers, codes.

Each refuses what it cannot hold exactly. The error *types* below are part of the contract: the service turns them into
the dead letter's reason.
"""

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.currency import MINOR_UNIT_DIGITS

MAX_MAJOR_AMOUNT: Final = 10**13
"""Exclusive bound on an amount, major units: above the GDP of most states, and exact as a JSON number with 2 decimals."""

_AMOUNT = re.compile(r"([0-9]{1,60})(?:\.([0-9]{1,60}))?", re.ASCII)
_MOST_DECIMALS: Final = 4
_FLOAT_DIGITS: Final = 15
"""Any decimal of so many significant digits survives the way through a binary64 float."""
_INSTANT = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1971, 2099


def _major_amount(value: object) -> Decimal:
    """A positive, finite decimal below `MAX_MAJOR_AMOUNT`; never through a lossy float.

    A JSON number arrives as a float: its shortest text is what the sender wrote, up to 15 digits. Longer ones are refused.
    """
    if type(value) is str:
        text = value
    elif type(value) is float:
        if not math.isfinite(value):
            raise PydanticCustomError("invalid_amount", "an amount has to be finite")
        text = format(Decimal(repr(value)), "f")
    elif type(value) is int or type(value) is Decimal:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
    else:
        raise PydanticCustomError("wrong_type", "a decimal string or a number is expected")
    if text.startswith("-"):
        raise PydanticCustomError("amount_out_of_range", "an amount has to be above zero")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise PydanticCustomError("invalid_amount", "a plain positive decimal like 1234.50 is expected")
    decimals = match.group(2)
    if decimals is not None:
        decimals = decimals.rstrip("0")
        if len(decimals) > _MOST_DECIMALS:
            raise PydanticCustomError("amount_precision", "more decimals than any currency has")
        text = f"{match.group(1)}.{decimals}" if decimals else match.group(1)
    amount = Decimal(text)
    if not amount:
        raise PydanticCustomError("amount_out_of_range", "an amount has to be above zero")
    if amount >= MAX_MAJOR_AMOUNT:
        raise PydanticCustomError("amount_out_of_range", "an amount has to be below 10^13")
    if type(value) is float and len(amount.as_tuple().digits) > _FLOAT_DIGITS:
        raise PydanticCustomError("amount_precision", "a number of more than 15 digits: send a string")
    return amount


def _instant(value: object) -> datetime:
    """An RFC 3339 date and time with its offset, 1971 to 2099."""
    if type(value) is str:
        match = _INSTANT.fullmatch(value)
        if match is None:
            raise PydanticCustomError(
                "invalid_time", "an RFC 3339 time like 2026-03-02T09:30:00+08:00 is expected"
            )
        if match.group(2) is None:
            raise PydanticCustomError("naive_time", "the time has no offset: write Z or +hh:mm after it")
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("invalid_time", "no such date or time") from None
    elif isinstance(value, datetime):
        instant = value
        if instant.utcoffset() is None:
            raise PydanticCustomError("naive_time", "the time has no offset")
    else:
        raise PydanticCustomError("wrong_type", "an RFC 3339 string is expected")
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise PydanticCustomError("time_out_of_range", "a year from 1971 to 2099 is expected")
    return instant


def _day_or_instant(value: object) -> date | datetime:
    """A date (the business date's beginning) or an RFC 3339 instant."""
    if type(value) is str and len(value) == len("2026-03-02"):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("invalid_time", "no such date") from None
    if type(value) is date:
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise PydanticCustomError("time_out_of_range", "a year from 1971 to 2099 is expected")
        return value
    return _instant(value)


def _currency(value: object) -> str:
    if type(value) is not str:
        raise PydanticCustomError("wrong_type", "an ISO 4217 code is expected")
    if value not in MINOR_UNIT_DIGITS:
        raise PydanticCustomError("unknown_currency", "not an ISO 4217 currency code")
    return value


def check_decimals(amount: Decimal, currency: str) -> None:
    """Raise `amount_precision` if `amount` (a `MajorAmount`, without trailing zeros) is finer than `currency`."""
    digits = MINOR_UNIT_DIGITS[currency]
    if int(amount.as_tuple().exponent) < -digits:
        raise PydanticCustomError(
            "amount_precision", f"{currency} has {digits} decimals, the amount has more"
        )


def format_instant(at_ms: int) -> datetime:
    """`at_ms` (milliseconds since 1970 UTC) as an aware datetime in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""1 to 64 characters, none of them a control character."""
PartyIdentifier = Annotated[str, Field(min_length=1, max_length=70, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A customer's identifier or a group's, which may be a customer's behind `owner:`."""
ShortText = Annotated[str, Field(max_length=140)]
"""Up to 140 characters, the length of ISO 20022 Max140Text."""
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
CurrencyCode = Annotated[
    str, BeforeValidator(_currency), WithJsonSchema({"type": "string", "enum": sorted(MINOR_UNIT_DIGITS)})
]
"""ISO 4217 alphabetic code, active."""
MajorAmount = Annotated[
    Decimal,
    BeforeValidator(_major_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,20}(\.[0-9]{1,20})?$"},
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": MAX_MAJOR_AMOUNT},
            ],
            "description": "major units, above 0 and below 10^13, no more decimals than the currency has",
        }
    ),
]
"""Above 0, below 10^13, major units; a string, or a number of at most 15 digits."""
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""RFC 3339 with offset, 1971 to 2099."""
DayOrInstant = Annotated[
    date | datetime,
    BeforeValidator(_day_or_instant),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]
"""A date, or RFC 3339 with offset."""
