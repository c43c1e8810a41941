"""A large-value report (大额交易): the value of the `threshold-reports` topic, keyed by `customer_id`.

One report per customer, business date, rule, direction and side. What is posted to that date later, or undone, raises its
`revision`; whoever keeps the newest revision of each `report_id` has every report once.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.customer import Kind
from schemas.fields import Identifier, Instant
from schemas.message import Published


class ThresholdReport(Published):
    """What a customer moved on one business date in one direction, held against one rule of the law."""

    report_id: str = Field(
        description="hash of customer, date, rule, direction and side", pattern="^[0-9a-f]{32}$"
    )
    revision: Annotated[int, Field(ge=1)]
    business_date: date
    rule: str = Field(description="id of the reporting rule in the policy")
    direction: Literal["credit", "debit"]
    side: Literal["base", "foreign"] = Field(
        description="base: held against the threshold in the base currency; foreign: postings in other currencies, "
        "held against the threshold that the rule has for them"
    )
    is_due: bool = Field(description="false: postings were undone, and the sum is below the threshold again")
    amount: float = Field(description="single or accumulated, major units of `currency`")
    threshold: float = Field(description="major units of `currency`")
    inclusive: bool = Field(description="whether an amount of exactly the threshold is due")
    currency: str = Field(description="ISO 4217")
    base_amount: float = Field(description="`amount` in major units of the bank's base currency")
    base_currency: str
    count: int = Field(description="postings that `amount` is made of")
    transaction_ids: list[Identifier] = Field(
        description="of those, the ones among the customer's newest postings, as they arrived; `count` says whether "
        "there are more: those are in earlier revisions, or came too many before the first"
    )
    kind: Kind = Field(description="of the customer, as known on that date")
    source: str = Field(description="where the rule stands")
    policy_id: str
    policy_version: str
    last_at: Instant = Field(description="event time of the posting that made this revision")
    explanation: str
    explanation_zh: str
