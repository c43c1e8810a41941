"""What the KYC system declared of a customer, as it is kept in the customer's state.

Two records are kept, the current one and the one before it: a posting is judged by the record that was in effect on its
business date. Names are not kept. About 70 bytes for a record, at most 1,200.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from monitor.calendar import day_of
from monitor.money import to_base_minor
from monitor.policy import Policy
from schemas import Customer

MOST_LETTERS: Final = 32
MOST_TAGS: Final = 8
MOST_OWNERS: Final = 4
"""Bounds on what is kept of a record's texts and lists: the first of them."""
ALWAYS: Final = 0
"""The day from which a record without `effective_from` is in effect."""


class Profile(msgspec.Struct, array_like=True, frozen=True):
    """One record. Amounts in minor units of the base currency; `None` where nothing was declared; days are day numbers."""

    effective_day: int = ALWAYS
    kind: str | None = None
    risk_grade: str | None = None
    segment: str | None = None
    country: str | None = None
    industry: str | None = None
    occupation: str | None = None
    opened_day: int | None = None
    income_minor: int | None = None
    """Declared for a month, as the next."""
    turnover_minor: int | None = None
    capital_minor: int | None = None
    volume_minor: int | None = None
    """Expected in a month, both directions."""
    cash_permille: int | None = None
    """Expected share of cash in what moves."""
    is_pep: bool | None = None
    list_tags: tuple[str, ...] = ()
    group_id: str | None = None
    owners: tuple[str, ...] = ()

    @property
    def is_incomplete(self) -> bool:
        """Whether what every record needs is missing: a person's occupation or income, a company's industry or size."""
        if self.kind == "person":
            return self.occupation is None or self.income_minor is None
        if self.kind == "company":
            return self.industry is None or (self.capital_minor is None and self.turnover_minor is None)
        return False


NO_PROFILE: Final = Profile()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode
NO_RECORD: Final = msgspec.Raw(_encode(None))


def group_of(profile: Profile) -> str | None:
    """The group of connected customers (集团客户) that a record puts its customer in; None: none.

    A record that names owners but no group belongs to the group of the first. The owner is a member only if the owner's
    own record says so.

    >>> (
    ...     group_of(Profile(group_id="G1", owners=("C2",))),
    ...     group_of(Profile(owners=("C2", "C3"))),
    ...     group_of(Profile()),
    ... )
    ('G1', 'owner:C2', None)
    """
    if profile.group_id is not None:
        return profile.group_id
    return f"owner:{profile.owners[0]}" if profile.owners else None


def packed(profile: Profile) -> msgspec.Raw:
    """The stored form."""
    return msgspec.Raw(_encode(profile))


def unpacked(raw: msgspec.Raw) -> Profile:
    """The record; one in which nothing is declared, where there is none."""
    return NO_PROFILE if raw == NO_RECORD else _decode(raw)


def profile_of(customer: Customer, policy: Policy) -> Profile | None:
    """The record that arrived; None where the policy has no rate for its currency on the day it takes effect."""
    effective_day = _day(customer.effective_from, policy)
    currency = customer.currency or policy.currency
    rates = policy.rates_on(effective_day) if effective_day else policy.latest_rates()
    amounts = (
        customer.declared_monthly_income,
        customer.declared_monthly_turnover,
        customer.registered_capital,
        customer.expected_monthly_volume,
    )
    minor = []
    for amount in amounts:
        in_base = None if amount is None else to_base_minor(amount, currency, policy.currency, rates)
        if amount is not None and in_base is None:
            return None
        minor.append(in_base)
    income, turnover, capital, volume = minor
    cash = customer.expected_cash_share
    return Profile(
        effective_day=effective_day or ALWAYS,
        kind=customer.kind,
        risk_grade=customer.risk_grade,
        segment=customer.segment,
        country=customer.country,
        industry=_short(customer.industry),
        occupation=_short(customer.occupation),
        opened_day=_day(customer.opened_on, policy),
        income_minor=income,
        turnover_minor=turnover,
        capital_minor=capital,
        volume_minor=volume,
        cash_permille=None if cash is None else round(cash * 1000),
        is_pep=customer.is_pep,
        list_tags=tuple(tag[:MOST_LETTERS] for tag in customer.list_tags[:MOST_TAGS]),
        group_id=customer.group_id,
        owners=tuple(customer.beneficial_owners[:MOST_OWNERS]),
    )


def _short(text: str | None) -> str | None:
    return None if text is None else text[:MOST_LETTERS]


def _day(when: date | datetime | None, policy: Policy) -> int | None:
    """The business date of a date or an instant."""
    if when is None:
        return None
    if isinstance(when, datetime):
        return policy.calendar.day(int(when.timestamp()))
    return day_of(when)
