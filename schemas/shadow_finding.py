"""What a detector in shadow mode would have said: the value of the `shadow-findings` topic, keyed by `customer_id`.

For those who tune policies; investigators never see it.
"""

from datetime import date

from pydantic import Field

from schemas.alert import Finding
from schemas.customer import RiskGrade
from schemas.fields import Identifier, Instant
from schemas.message import Published


class ShadowFinding(Published):
    """One finding, and the policy under which it was on trial."""

    business_date: date
    transaction_id: Identifier = Field(description="the posting at which it was found")
    finding: Finding
    policy_id: str
    policy_version: str
    risk_grade: RiskGrade
    at: Instant = Field(description="event time of that posting")
