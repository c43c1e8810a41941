"""From a record of the `group-postings` topic to what the group hears, or the reason why it cannot."""

from typing import Final

from pydantic import ValidationError

from monitor.calendar import day_of
from monitor.group_posting import Heard
from monitor.group_state import group_name
from monitor.intake import MOST_ID_BYTES, Refusal, refusal_of, unreadable
from monitor.stats.counterparties import counterparty_key
from schemas import DeadLetterReason, GroupPosting

R: Final = DeadLetterReason
_parse = GroupPosting.__pydantic_validator__.validate_json


def heard_in(key: bytes | None, value: bytes | None, currency: str, most_bytes: int) -> Heard | Refusal:
    """The posting in a record; `currency` is the bank's base currency. Nothing here raises for bad input."""
    if key is None or value is None or len(value) > most_bytes:
        return unreadable(key, value, most_bytes, "group_id")
    try:
        posting: GroupPosting = _parse(value)
    except ValidationError as error:
        return refusal_of(error, value)
    if posting.group_id.encode() != key:
        return Refusal(R.KEY_MISMATCH, "the record's key is not its group_id")
    if posting.currency != currency:
        return Refusal(R.NO_EXCHANGE_RATE, "currency: not the bank's base currency")
    ids = (posting.transaction_id, posting.reverses or "")
    if any(len(one.encode()) > MOST_ID_BYTES for one in ids):
        return Refusal(R.INVALID_VALUE, f"transaction_id: more than {MOST_ID_BYTES} bytes in UTF-8")
    who, other = counterparty_key(posting.customer_id), posting.counterparty_customer_id
    return Heard(
        customer_id=posting.customer_id,
        who=who,
        transaction_id=posting.transaction_id,
        name=group_name(who, posting.transaction_id),
        partition=posting.source.partition,
        offset=posting.source.offset,
        at_ms=int(posting.booked_at.timestamp() * 1000),
        day=day_of(posting.business_date),
        amount_minor=posting.amount_minor,
        inbound=posting.direction == "credit",
        channel=posting.channel,
        other=None if other is None else counterparty_key(other),
        near=posting.near,
        reporting_minor=posting.reporting_minor,
        grade=posting.risk_grade,
        reverses=None if posting.reverses is None else group_name(who, posting.reverses),
    )
