"""What a group hears of a member's posting, as it is sent and as the group's core sees it."""

from typing import cast

import msgspec

from monitor.calendar import date_of
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import INBOUND, NEAR, RecentPosting
from schemas import GroupPosting, Source
from schemas.fields import format_instant
from schemas.transaction import Channel


class Heard(msgspec.Struct, frozen=True, gc=False):
    """One member's posting. Amounts in minor units; `at_ms`: epoch milliseconds; `day`: business date.

    `who`, `other`: keys of the member and of the other side, if that is our customer (`monitor.stats.counterparties`).
    """

    customer_id: str
    who: int
    transaction_id: str
    name: bytes
    """The transaction_id as groups keep it: `monitor.group_state.group_name`."""
    partition: int
    offset: int
    at_ms: int
    day: int
    amount_minor: int
    inbound: bool
    channel: str
    other: int | None
    near: bool
    reporting_minor: int | None
    grade: str
    reverses: bytes | None
    """The name of the posting that is undone: the rest says what that one was."""


def heard_of(
    posting: Posting, group_id: str, rules: Rules, source: Source, original: RecentPosting | None
) -> GroupPosting:
    """The message to the group; `original` is what a reversal undoes."""
    day, flags = posting.day, posting.flags
    if original is not None:
        day, flags = original.day, original.flags
    return GroupPosting(
        group_id=group_id,
        customer_id=posting.customer_id,
        transaction_id=posting.transaction_id,
        source=source,
        booked_at=format_instant(posting.at_ms),
        business_date=date_of(day),
        amount_minor=posting.amount_minor,
        currency=rules.currency,
        direction="credit" if flags & INBOUND else "debit",
        channel=cast(Channel, posting.channel),
        counterparty_customer_id=posting.counterparty_customer,
        near=bool(flags & NEAR),
        reporting_minor=rules.reporting_minor(posting),
        risk_grade=rules.grade,
        reverses=None if original is None else original.transaction_id,
    )
