"""A posting in its plainest form, read at a fraction of the schema's cost: the way that nearly every posting takes.

Plain is: no unknown field, ASCII ids, an amount in a string with no more decimals than the bank's currency has, in that
currency, and a time in whole seconds. Whatever is not plain, and whatever is wrong, is left to the schema, which alone
decides and says why. A law holds that both read the same (tests/laws/test_plain_form.py).
"""

import re
from datetime import datetime
from itertools import product
from string import ascii_uppercase
from typing import Annotated, Final, Literal

import msgspec

from monitor.calendar import DAY_S
from monitor.money import round_unit
from monitor.names import is_entity
from monitor.policy import Policy
from monitor.posting import Posting
from monitor.stats.counterparties import counterparty_key
from monitor.stats.recent import short_name
from schemas.currency import MINOR_UNIT_DIGITS

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Text = Annotated[str, msgspec.Meta(max_length=140)]
_TIME: Final = re.compile(
    r"(?:197[1-9]|19[89][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_MOST_DIGITS: Final = 12
_SECONDS: Final = {f"{second:02d}": second for second in range(60)}
_COUNTRIES: Final = frozenset({None, *map("".join, product(ascii_uppercase, repeat=2))})
"""None, and any two capitals."""


class _Plain(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    transaction_id: _Id
    customer_id: _Id
    account_id: _Id
    booked_at: str
    amount: str
    currency: str
    direction: Literal["credit", "debit"]
    channel: Literal["cash", "transfer", "card", "cheque", "other"] = "other"
    counterparty_account: _Id | None = None
    counterparty_name: _Text | None = None
    counterparty_bank: _Text | None = None
    counterparty_country: str | None = None
    counterparty_customer_id: _Id | None = None
    initiated_from: Literal["branch", "atm", "online", "mobile", "other"] | None = None
    location_country: str | None = None
    purpose: _Text | None = None
    reverses: _Id | None = None


_decode = msgspec.json.Decoder(_Plain).decode


class PlainForm:
    """Reads plain postings by one policy's currency and calendar."""

    def __init__(self, policy: Policy) -> None:
        self._currency = policy.currency
        self._digits = MINOR_UNIT_DIGITS[policy.currency]
        self._minor_units: int = 10**self._digits
        self._calendar = policy.calendar
        self._home_country = policy.home_country
        self._round_minor = round_unit(policy.currency) * self._minor_units
        self._minutes: dict[str, int] = {}

    def posting(self, key: bytes, value: bytes, latest_ms: int) -> Posting | None:
        """The posting, if it is plain, belongs to `key` and is not after `latest_ms`; None: let the schema see it."""
        try:
            tx = _decode(value)
            if tx.currency != self._currency or not _are_plain(tx):
                return None
            amount_minor, at_s = self._minor(tx.amount), self._at_s(tx.booked_at)
        except (msgspec.DecodeError, ValueError):
            return None
        if not amount_minor or not at_s or at_s * 1000 > latest_ms or tx.customer_id.encode() != key:
            return None
        local_s = self._calendar.local_s(at_s)
        other = None
        if tx.channel != "card":
            other = tx.counterparty_account or tx.counterparty_customer_id
            if other is None and tx.channel == "cash":
                other = tx.counterparty_name
        inbound, country = tx.direction == "credit", tx.counterparty_country
        return Posting(
            tx.transaction_id,
            short_name(tx.transaction_id),
            tx.customer_id,
            at_s * 1000,
            at_s,
            local_s,
            local_s // DAY_S,
            amount_minor,
            inbound,
            tx.channel,
            None if other is None else counterparty_key(other),
            country,
            tx.reverses,
            amount_minor / self._minor_units,
            counterparty_key(tx.account_id),
            country is not None and country != self._home_country,
            False,
            not amount_minor % self._round_minor,
            inbound and is_entity(tx.counterparty_name),
            tx.counterparty_customer_id,
        )

    def _at_s(self, booked_at: str) -> int:
        """The instant in epoch seconds; 0 if it is not plain. Minutes are remembered: many postings share one.

        Raises:
            ValueError: no such date or time.
        """
        minute, second = booked_at[:17] + booked_at[19:], _SECONDS.get(booked_at[17:19])
        if second is None:
            return 0
        at_s = self._minutes.get(minute)
        if at_s is None:
            if _TIME.fullmatch(booked_at) is None:
                return 0
            if len(self._minutes) > 100_000:  # noqa: PLR2004 - a bound on memory
                self._minutes.clear()
            at_s = int(datetime.fromisoformat(booked_at).timestamp()) - second
            self._minutes[minute] = at_s
        return at_s + second

    def _minor(self, amount: str) -> int:
        """The amount in minor units; 0 if it is not plain."""
        whole, point, decimals = amount.partition(".")
        if not amount.isascii() or not whole.isdigit() or len(whole) > _MOST_DIGITS:
            return 0
        if not point:
            return int(whole) * self._minor_units
        if not decimals.isdigit() or len(decimals) > self._digits:
            return 0
        return int(whole + decimals.ljust(self._digits, "0"))


def _are_plain(tx: _Plain) -> bool:
    """Whether ids are printable ASCII and countries two capitals."""
    ids = (
        f"{tx.transaction_id}{tx.customer_id}{tx.account_id}"
        f"{tx.counterparty_account or ''}{tx.counterparty_customer_id or ''}{tx.reverses or ''}"
    )
    return (
        ids.isascii()
        and ids.isprintable()
        and tx.counterparty_country in _COUNTRIES
        and tx.location_country in _COUNTRIES
    )
