"""One posting on a customer's account: the value of the `transactions` topic, keyed by `customer_id`."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.fields import (
    CountryCode,
    CurrencyCode,
    Identifier,
    Instant,
    MajorAmount,
    ShortText,
    check_decimals,
)

Channel = Literal["cash", "transfer", "card", "cheque", "other"]


class Transaction(BaseModel):
    """A posting as core banking books it. Unknown fields are kept in `model_extra` and counted, never refused."""

    model_config = ConfigDict(extra="allow")

    transaction_id: Identifier = Field(description="unique per posting")
    customer_id: Identifier = Field(description="whose posting it is; the record's key")
    account_id: Identifier = Field(description="the customer's account")
    booked_at: Instant = Field(description="event time, RFC 3339 with offset")
    amount: MajorAmount
    currency: CurrencyCode
    direction: Literal["credit", "debit"] = Field(description="from the customer's side: credit comes in")
    channel: Channel = "other"
    counterparty_account: Identifier | None = None
    counterparty_name: ShortText | None = None
    counterparty_bank: ShortText | None = None
    counterparty_country: CountryCode | None = None
    counterparty_customer_id: Identifier | None = Field(
        None, description="when the other side is our customer too"
    )
    initiated_from: Literal["branch", "atm", "online", "mobile", "other"] | None = None
    location_country: CountryCode | None = None
    purpose: ShortText | None = None
    reverses: Identifier | None = Field(
        None, description="transaction_id of the posting that this one undoes"
    )

    @model_validator(mode="after")
    def _amount_fits_currency(self) -> Self:
        check_decimals(self.amount, self.currency)
        return self

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON without absent fields."""
        return self.model_dump_json(exclude_none=True).encode()
