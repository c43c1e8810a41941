"""From a record's bytes to a posting or a customer record, or the reason why it cannot be one.

Nothing here raises for bad input: whatever arrives becomes a value or a `Refusal`.
"""

import re
from typing import Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.calendar import DAY_S, BankCalendar
from monitor.money import round_unit, to_base_minor
from monitor.names import is_entity
from monitor.plain_form import PlainForm
from monitor.policy import Policy
from monitor.posting import Posting
from monitor.stats.counterparties import counterparty_key
from monitor.stats.recent import short_name
from schemas import Customer, DeadLetterReason, Transaction

R = DeadLetterReason
FUTURE_ALLOWED_MS: Final = DAY_S * 1000
"""How far event time may be ahead of the record's own timestamp: a day, for clocks and value dates."""
MOST_MINOR: Final = 10**15
"""Exclusive bound on an amount, minor units of the base currency: a month's sum of 18,000 such still fits in 64 bits."""
MOST_ID_BYTES: Final = 64
"""Ids are kept as evidence: letters of three and four bytes would break the bound on what is kept of a customer."""

_NO_END_MS: Final = 2**63
_LONG_AMOUNT = re.compile(rb'"amount"\s*:\s*[0-9.eE+-]{18}')
_REASONS: Final[dict[str, DeadLetterReason]] = {
    "json_invalid": R.MALFORMED_JSON,
    "json_type": R.MALFORMED_JSON,
    "model_type": R.WRONG_TYPE,
    "missing": R.MISSING_FIELD,
    "wrong_type": R.WRONG_TYPE,
    "invalid_amount": R.INVALID_VALUE,
    "amount_out_of_range": R.AMOUNT_OUT_OF_RANGE,
    "amount_precision": R.AMOUNT_PRECISION,
    "unknown_currency": R.UNKNOWN_CURRENCY,
    "naive_time": R.NAIVE_TIME,
    "invalid_time": R.INVALID_VALUE,
    "time_out_of_range": R.TIME_OUT_OF_RANGE,
}


class Refusal(NamedTuple):
    """Why a record cannot be judged; `detail` names fields and never shows their contents."""

    reason: DeadLetterReason
    detail: str


class Intake:
    """Reads records by one policy's currency, rates and calendar."""

    def __init__(self, policy: Policy, max_value_bytes: int) -> None:
        self._currency = policy.currency
        self._home_country = policy.home_country
        self._policy = policy
        self._calendar: BankCalendar = policy.calendar
        self._max_value_bytes = max_value_bytes
        self._plain = PlainForm(policy)
        self._parse_transaction = Transaction.__pydantic_validator__.validate_json
        self._parse_customer = Customer.__pydantic_validator__.validate_json

    def posting(self, key: bytes | None, value: bytes | None, timestamp_ms: int) -> Posting | Refusal:
        """The posting in a `transactions` record.

        `timestamp_ms` is the record's own timestamp; -1 where there is none, and then no time is in the future.
        """
        if key is None or value is None or len(value) > self._max_value_bytes:
            return unreadable(key, value, self._max_value_bytes, "customer_id")
        latest_ms = timestamp_ms + FUTURE_ALLOWED_MS if timestamp_ms >= 0 else _NO_END_MS
        plain = self._plain.posting(key, value, latest_ms)
        return plain or self._by_schema(key, value, latest_ms)

    def _by_schema(self, key: bytes, value: bytes, latest_ms: int) -> Posting | Refusal:
        try:
            tx: Transaction = self._parse_transaction(value)
        except ValidationError as error:
            return refusal_of(error, value)
        refusal = _misnamed(tx, key)
        if refusal is not None:
            return refusal
        if b'"amount":"' not in value and _LONG_AMOUNT.search(
            value
        ):  # JSON numbers come as floats: these may have been rounded on the way
            return Refusal(R.AMOUNT_PRECISION, "amount: a number of more than 15 digits: send a string")
        at_ms = int(tx.booked_at.timestamp() * 1000)
        if at_ms > latest_ms:
            return Refusal(R.IN_THE_FUTURE, "booked_at: more than one day after the record's timestamp")
        at_s = at_ms // 1000
        local_s = self._calendar.local_s(at_s)
        day = local_s // DAY_S
        rates = self._policy.rates_on(day)
        amount_minor = to_base_minor(tx.amount, tx.currency, self._currency, rates)
        if amount_minor is None:
            return Refusal(
                R.NO_EXCHANGE_RATE, f"currency: the policy has no rate from {tx.currency} on that date"
            )
        if amount_minor >= MOST_MINOR:
            return Refusal(R.AMOUNT_OUT_OF_RANGE, "amount: too large in the bank's base currency")
        other = tx.counterparty_account or tx.counterparty_customer_id
        if other is None and tx.channel == "cash":
            other = tx.counterparty_name
        inbound = tx.direction == "credit"
        return Posting(
            transaction_id=tx.transaction_id,
            name=short_name(tx.transaction_id),
            customer_id=tx.customer_id,
            at_ms=at_ms,
            at_s=at_s,
            local_s=local_s,
            day=day,
            amount_minor=amount_minor,
            inbound=inbound,
            channel=tx.channel,
            counterparty=None if other is None or tx.channel == "card" else counterparty_key(other),
            country=tx.counterparty_country,
            reverses=tx.reverses,
            figure=float(tx.amount),
            account=counterparty_key(tx.account_id),
            is_foreign=tx.counterparty_country is not None and tx.counterparty_country != self._home_country,
            in_foreign_currency=tx.currency != self._currency,
            is_round=not tx.amount % round_unit(tx.currency),
            is_entity=inbound and is_entity(tx.counterparty_name),
            counterparty_customer=tx.counterparty_customer_id,
            unknown_fields=len(tx.model_extra or ()),
        )

    def customer(self, key: bytes | None, value: bytes | None) -> Customer | Refusal:
        """The declared profile in a `customers` record."""
        if key is None or value is None or len(value) > self._max_value_bytes:
            return unreadable(key, value, self._max_value_bytes, "customer_id")
        try:
            customer: Customer = self._parse_customer(value)
        except ValidationError as error:
            return refusal_of(error, value)
        if customer.customer_id.encode() != key:
            return Refusal(R.KEY_MISMATCH, "the record's key is not its customer_id")
        return customer


def unreadable(key: bytes | None, value: bytes | None, most_bytes: int, expected: str) -> Refusal:
    """Why a record is not even looked into; `expected`: the field that its key has to be."""
    if key is None:
        return Refusal(R.NULL_KEY, f"the record has no key: {expected} is expected")
    if value is None:
        return Refusal(R.NULL_VALUE, "the record has no value")
    return Refusal(R.TOO_LARGE, f"{len(value)} bytes, the limit is {most_bytes}")


def _misnamed(tx: Transaction, key: bytes | None) -> Refusal | None:
    if tx.customer_id.encode() != key:
        return Refusal(R.KEY_MISMATCH, "the record's key is not its customer_id")
    name = tx.transaction_id
    if not name.isascii() and len(name.encode()) > MOST_ID_BYTES:
        return Refusal(R.INVALID_VALUE, f"transaction_id: more than {MOST_ID_BYTES} bytes in UTF-8")
    return None


def refusal_of(error: ValidationError, value: bytes) -> Refusal:
    """The most telling of the errors: reason by the first, all fields in the detail. Never the input itself."""
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    first = errors[0]
    reason = _REASONS.get(first["type"])
    if reason is None:
        reason = R.WRONG_TYPE if first["type"].endswith("_type") else R.INVALID_VALUE
    if reason is R.MALFORMED_JSON:
        try:
            value.decode()
        except UnicodeDecodeError:
            return Refusal(R.NOT_UTF8, "the value is not UTF-8")
        return Refusal(reason, "the value is not JSON")
    return Refusal(reason, "; ".join(_say(detail) for detail in errors[:5]))


def _say(detail: ErrorDetails) -> str:
    place = ".".join(map(str, detail["loc"])) or (
        "amount" if detail["type"] == "amount_precision" else "value"
    )
    return f"{place}: {detail['msg']}"
