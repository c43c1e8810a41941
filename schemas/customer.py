"""What the KYC system knows of a customer: the value of the compacted `customers` topic, keyed by `customer_id`."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.fields import (
    CountryCode,
    CurrencyCode,
    DayOrInstant,
    Identifier,
    MajorAmount,
    ShortText,
    check_decimals,
)

Kind = Literal["person", "company", "institution"]
RiskGrade = Literal["low", "medium", "high"]


class Customer(BaseModel):
    """A customer's declared profile. Money is in major units of `currency`; all but id and kind may be absent."""

    model_config = ConfigDict(extra="allow")

    customer_id: Identifier
    kind: Kind
    name: ShortText | None = None
    opened_on: DayOrInstant | None = None
    risk_grade: RiskGrade | None = None
    country: CountryCode | None = None
    industry: ShortText | None = None
    occupation: ShortText | None = None
    segment: ShortText | None = None
    declared_monthly_income: MajorAmount | None = None
    declared_monthly_turnover: MajorAmount | None = None
    registered_capital: MajorAmount | None = None
    currency: CurrencyCode | None = Field(
        None, description="of the amounts here; the bank's base currency if absent"
    )
    expected_monthly_volume: MajorAmount | None = None
    expected_cash_share: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    is_pep: bool | None = Field(None, description="politically exposed person, or an associate of one")
    list_tags: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        default_factory=list, max_length=32
    )
    group_id: Identifier | None = None
    beneficial_owners: list[Identifier] = Field(
        default_factory=list,
        max_length=16,
        description="customer_ids of those who own or control the customer in the end",
    )
    effective_from: DayOrInstant | None = Field(None, description="from when this record holds")

    @model_validator(mode="after")
    def _amounts_fit_currency(self) -> Self:
        if self.currency is not None:
            for amount in (
                self.declared_monthly_income,
                self.declared_monthly_turnover,
                self.registered_capital,
                self.expected_monthly_volume,
            ):
                if amount is not None:
                    check_decimals(amount, self.currency)
        return self

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON without absent fields."""
        return self.model_dump_json(exclude_none=True).encode()
