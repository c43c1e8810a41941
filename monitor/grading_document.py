"""How risk is graded, as the policy document writes it: points for what is known of a customer, and what a score means."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Points = Annotated[int, Field(ge=0, le=100)]
Share = Annotated[float, Field(gt=0, le=1)]
Months = Annotated[int, Field(ge=1, le=120)]


class Part(BaseModel):
    """A part of the document: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CustomerPoints(Part):
    """Who the customer is."""

    company: Points
    institution: Points
    pep: Points = Field(description="politically exposed person, or an associate of one")
    listed: Points = Field(description="any list tag")
    complex_ownership: Points
    unknown_owners: Points = Field(description="a company whose record names no beneficial owner")
    new_account: Points
    no_record: Points
    incomplete_record: Points = Field(description="essential fields are missing")
    owners: Annotated[int, Field(ge=1, le=16)] = Field(description="beneficial owners that are many")
    new_account_days: Annotated[int, Field(ge=1, le=3650)] = Field(description="how long an account is new")


class GeographyPoints(Part):
    """Where the customer is, and which countries money came from or went to in the last 12 months."""

    resides_high_risk: Points
    resides_offshore: Points
    resides_abroad: Points
    deals_high_risk: Points
    deals_offshore: Points


class BusinessPoints(Part):
    """What the customer uses the bank for."""

    cash: Points
    cross_border: Points
    cash_share: Share = Field(description="of the value of the kept months: from here on it is much")
    cross_border_share: Share = Field(description="of the newest postings: from here on it is much")


class IndustryPoints(Part):
    """What the customer lives on, by the policy's lists of words."""

    high_risk: Points
    cash: Points


class BehaviourPoints(Part):
    """Alerts, by band; what they add fades."""

    medium: Points
    high: Points
    critical: Points
    most: Points = Field(description="all alerts together")
    half_life_days: Annotated[int, Field(ge=1, le=3650)]


class CutOffs(Part):
    """The scores from which a customer is of a grade; below `medium` it is low."""

    medium: Annotated[int, Field(gt=0, le=100)]
    high: Annotated[int, Field(gt=0, le=100)]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.medium < self.high:
            raise ValueError("cut-offs have to ascend: medium < high")
        return self


class ReviewMonths(Part):
    """After how many months a customer of a grade, and their record, are looked at again."""

    low: Months
    medium: Months
    high: Months

    @model_validator(mode="after")
    def _riskier_is_sooner(self) -> Self:
        if not self.high <= self.medium <= self.low:
            raise ValueError("a riskier grade is not reviewed later: high <= medium <= low")
        return self


class Grading(Part):
    """Money laundering risk grades (洗钱风险等级): points per factor, cut-offs and reviews."""

    customer: CustomerPoints
    geography: GeographyPoints
    business: BusinessPoints
    industry: IndustryPoints
    behaviour: BehaviourPoints
    cut_offs: CutOffs
    review_months: ReviewMonths
    why: str
    source: str
