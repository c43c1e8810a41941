"""What an investigator works on: the value of the `alerts` topic, keyed by `customer_id`.

One alert per customer and business date, and one per group of connected customers and business date. Later findings of that date raise its `revision`; whoever keeps the newest
revision of each `alert_id` sees every alert once.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.customer import Kind, RiskGrade
from schemas.fields import Identifier, Instant, PartyIdentifier
from schemas.message import Published

Band = Literal["low", "medium", "high", "critical"]


class Finding(BaseModel):
    """One detector's departure from what is usual, with its numbers and its evidence."""

    model_config = ConfigDict(extra="ignore")

    detector: str = Field(description="id in the catalogue")
    typology: str
    observed: float = Field(description="in `unit`; money in major units of the base currency")
    threshold: float = Field(description="in `unit`: what `observed` was held against")
    unit: str
    window: str = Field(description="the days that `observed` covers, in the bank's time zone")
    usual: float | None = Field(
        None, description="in `unit`: the same for this customer's past; null: too little history"
    )
    peers: float | None = Field(
        None, description="in `unit`: the same for comparable customers; null: not compared"
    )
    peer_group: str | None = Field(
        None, description="which customers `peers` is of, how many they are, and the snapshot's version"
    )
    weight: Annotated[float, Field(ge=0, le=1)] = Field(description="this finding's part of the score")
    transaction_ids: list[Identifier] = Field(
        description="evidence, oldest first; the newest where there are too many"
    )
    explanation: str
    explanation_zh: str


class JudgedProfile(BaseModel):
    """The customer's KYC record in effect on the business date: by it the customer was judged. Without the name."""

    model_config = ConfigDict(extra="ignore")

    record: Literal["current", "previous"] = Field(
        description="whether it is the newest record known, or one that was in effect before it"
    )
    effective_from: date | None = Field(None, description="null: it held from the start")
    kind: Kind
    segment: str | None = None
    country: str | None = None
    industry: str | None = None
    occupation: str | None = None
    opened_on: date | None = None
    currency: str = Field(description="of the amounts here: the bank's base currency")
    declared_monthly_income: float | None = None
    declared_monthly_turnover: float | None = None
    registered_capital: float | None = None
    expected_monthly_volume: float | None = None
    expected_cash_share: float | None = None
    is_pep: bool | None = None
    list_tags: list[str] = Field(default_factory=list)
    group_id: str | None = None


class Member(BaseModel):
    """What one member of a group has to do with the group's alert."""

    model_config = ConfigDict(extra="ignore")

    customer_id: Identifier
    transaction_ids: list[Identifier] = Field(
        description="the member's part of the evidence, oldest first; empty: only on the other side of a transfer"
    )


class Alert(Published):
    """Everything found for one customer, or one group, on one business date, up to this revision."""

    alert_id: str = Field(
        description="hash of customer_id, or of group_id as a group's, and business_date",
        pattern="^[0-9a-f]{32}$",
    )
    revision: Annotated[int, Field(ge=1)]
    customer_id: PartyIdentifier = Field(description="whose alert it is; of a group's alert: the group's id")
    business_date: date
    score: Annotated[float, Field(ge=0, le=100)]
    band: Band
    findings: Annotated[list[Finding], Field(min_length=1)]
    policy_id: str
    policy_version: str
    risk_grade: RiskGrade = Field(description="of a group: the highest among its members")
    profile: JudgedProfile | None = Field(None, description="null: the KYC system has sent no record")
    opened_at: Instant = Field(description="event time of the posting that opened the alert")
    last_at: Instant = Field(description="event time of the newest posting in the evidence")
    transaction_ids: list[Identifier] = Field(description="evidence of all findings together, oldest first")
    group_id: PartyIdentifier | None = Field(None, description="null: the alert is one customer's")
    members: list[Member] | None = Field(
        None, description="of a group's alert: the members in the evidence; null: it is one customer's"
    )
    summary: str
    summary_zh: str
