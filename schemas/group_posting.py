"""What a group of connected customers hears of a member's posting: the value of the `group-postings` topic, keyed by `group_id`.

Published by the worker that judged the customer, and read by the one that judges the group. It can come more than once:
`source` says which posting it is of, and the offsets of one source partition ascend but for what is sent again.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.customer import RiskGrade
from schemas.fields import CurrencyCode, Identifier, Instant, PartyIdentifier
from schemas.message import Published
from schemas.transaction import Channel

MinorAmount = Annotated[int, Field(gt=0, lt=10**15)]
"""Minor units of the bank's base currency."""


class Source(BaseModel):
    """Where the posting stands in the topic that it came from."""

    model_config = ConfigDict(extra="ignore")

    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]


class GroupPosting(Published):
    """One applied posting of a member. A reversal carries its original's date, direction and amount, and names it."""

    group_id: PartyIdentifier
    customer_id: Identifier
    transaction_id: Identifier
    source: Source
    booked_at: Instant = Field(description="event time")
    business_date: date = Field(description="in the bank's time zone; of a reversal: its original's")
    amount_minor: MinorAmount
    currency: CurrencyCode = Field(description="of the amounts here: the bank's base currency")
    direction: Literal["credit", "debit"] = Field(
        description="from the member's side; of a reversal: its original's"
    )
    channel: Channel
    counterparty_customer_id: Identifier | None = Field(
        None, description="when the other side is our customer too"
    )
    near: bool = Field(description="whether the amount lies just below the reporting threshold T")
    reporting_minor: MinorAmount | None = Field(None, description="T; null: no rule has one")
    risk_grade: RiskGrade = Field(description="the member's")
    reverses: Identifier | None = Field(
        None, description="transaction_id of the member's posting that is undone"
    )

    def message_key(self) -> bytes:
        """The record's key."""
        return self.group_id.encode()
