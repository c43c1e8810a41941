"""What an investigator works on: the value of the `alerts` topic, keyed by `customer_id`.

One alert per customer and business date. Later findings of that date raise its `revision`; whoever keeps the newest
revision of each `alert_id` sees every alert once.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.customer import RiskGrade
from schemas.fields import Identifier, Instant

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
    weight: Annotated[float, Field(ge=0, le=1)] = Field(description="this finding's part of the score")
    transaction_ids: list[Identifier] = Field(
        description="evidence, oldest first; the newest where there are too many"
    )
    explanation: str
    explanation_zh: str


class Alert(BaseModel):
    """Everything found for one customer on one business date, up to this revision."""

    model_config = ConfigDict(extra="ignore")

    alert_id: str = Field(description="hash of customer_id and business_date", pattern="^[0-9a-f]{32}$")
    revision: Annotated[int, Field(ge=1)]
    customer_id: Identifier
    business_date: date
    score: Annotated[float, Field(ge=0, le=100)]
    band: Band
    findings: Annotated[list[Finding], Field(min_length=1)]
    policy_id: str
    policy_version: str
    risk_grade: RiskGrade
    opened_at: Instant = Field(description="event time of the posting that opened the alert")
    last_at: Instant = Field(description="event time of the newest posting in the evidence")
    transaction_ids: list[Identifier] = Field(description="evidence of all findings together, oldest first")
    summary: str
    summary_zh: str

    def to_json(self) -> bytes:
        """The wire form: UTF-8 JSON, the same bytes for the same alert."""
        return self.model_dump_json().encode()
