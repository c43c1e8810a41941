"""How risky a customer is, and why: the value of the compacted `risk-grades` topic, keyed by `customer_id`.

Published when the grade that holds for a customer changes, and for the first time when it is not the declared one.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.customer import RiskGrade
from schemas.message import Published


class RiskFactor(BaseModel):
    """One reason for the score."""

    model_config = ConfigDict(extra="ignore")

    factor: Literal["customer", "geography", "business", "industry", "behaviour"]
    points: Annotated[int, Field(ge=1, le=100)]
    explanation: str
    explanation_zh: str


class RiskGradeChange(Published):
    """The grade that holds from the next posting on."""

    grade: RiskGrade = Field(description="the higher of the declared and the assessed grade")
    previous_grade: RiskGrade = Field(
        description="the one before; the first time: the declared one, medium where none is"
    )
    declared_grade: RiskGrade | None = Field(
        None, description="what the KYC system says; null: it says none. The grade is never below it"
    )
    assessed_grade: RiskGrade = Field(description="what the score alone gives")
    score: Annotated[int, Field(ge=0, le=100)] = Field(description="sum of the factors' points, at most 100")
    factors: list[RiskFactor]
    assessed_on: date | None = Field(
        None, description="business date; null: a record without a date, before the first posting"
    )
    next_review_on: date | None = Field(None, description="null: with the first posting")
    reason: Literal["record", "alert", "review"] = Field(
        description="a customer record arrived, an alert of band medium or above was published, or the review was due"
    )
    policy_id: str
    policy_version: str
