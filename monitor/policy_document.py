"""The policy as it is written: one YAML document, checked by its shape and its ranges. Money is in major units."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from monitor.grading_document import Grading, Part
from schemas.customer import Kind
from schemas.fields import CountryCode, CurrencyCode
from schemas.transaction import Channel

Mode = Literal["active", "shadow", "off"]
Where = Literal["any", "domestic", "cross-border"]
MOST: Final = 1e13
"""No number of a policy is larger: amounts are bounded by it (`schemas.fields`), and nothing else comes near."""
Positive = Annotated[float, Field(gt=0, le=MOST)]
NotNegative = Annotated[float, Field(ge=0, le=MOST)]
Share = Annotated[float, Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
ALL_CHANNELS: Final[tuple[Channel, ...]] = ("cash", "transfer", "card", "cheque", "other")


class ByKind(Part):
    """A number for each kind of customer."""

    person: Positive
    company: Positive
    institution: Positive


class Foreign(ByKind):
    """The amounts that hold for postings in other than the base currency, in `currency`."""

    currency: CurrencyCode


class ReportingRule(Part):
    """One threshold T of the law: what it applies to, how much, and where it stands."""

    id: Name
    channels: Annotated[list[Channel], Field(min_length=1)]
    where: Where = "any"
    amounts: ByKind
    foreign: Foreign | None = None
    adds_up: Literal["apart", "together"] = Field(
        "apart",
        description="with `foreign`: whether postings in other currencies count towards `amounts` too, at the day's rate",
    )
    inclusive: bool = Field(True, description="whether an amount of exactly T is to be reported")
    report: bool = Field(True, description="false: T matters to detectors, but nothing is reported under it")
    source: str

    @model_validator(mode="after")
    def _adds_up_what_is_kept(self) -> Self:
        others = set(self.channels) - {"cash"}
        if self.report and others and others != set(ALL_CHANNELS) - {"cash"}:
            raise ValueError(
                "a rule under which reports are due takes cash, or transfer, card, cheque and other, or all: "
                "these are what daily sums are kept of"
            )
        return self


class Limit(Part):
    """A detector's numbers for some customers; what is absent is taken from the detector's `default`."""

    threshold: Positive | None = None
    floor: NotNegative | None = Field(None, description="major units: less is immaterial")
    share: Share | None = Field(None, description="of value, or of T")
    most: Annotated[int, Field(ge=0)] | None = Field(None, description="counterparties on the other side")


class Quiet(Part):
    """For how long a detector that has spoken is silent about a customer, and what makes it speak sooner."""

    days: Annotated[int, Field(ge=0, le=365)]
    above: Annotated[float, Field(ge=1)] = Field(
        description="raised again sooner only at this multiple of the earlier strength"
    )


class QuietDefault(Quiet):
    """What holds for detectors that say nothing else."""

    why: str


class PeersPolicy(Part):
    """When customers are enough to be compared with."""

    least: Annotated[int, Field(ge=2)] = Field(description="customers in a group of peers")
    why: str


class GroupDetectorPolicy(Part):
    """One detector's thresholds, its part of the score and why. Groups of customers are of no kind or segment."""

    mode: Mode = "active"
    weight: Share
    default: Limit
    quiet: Quiet | None = None
    why: str
    why_zh: str | None = Field(None, description="the same in Chinese")


class DetectorPolicy(GroupDetectorPolicy):
    """The same for single customers, by kind and segment."""

    kinds: dict[Kind, Limit] = Field(default_factory=dict)
    segments: dict[str, Limit] = Field(default_factory=dict, description="go before kinds")


class Grades(Part):
    """What a risk grade does: thresholds are multiplied by `threshold`, weights by `weight`."""

    threshold: "ByGrade"
    weight: "ByGrade"
    why: str


class ByGrade(Part):
    """A factor for each risk grade."""

    low: Positive
    medium: Positive
    high: Positive


class Bands(Part):
    """The scores from which an alert is of a band; below `medium` it is low."""

    medium: Annotated[float, Field(gt=0, lt=100)]
    high: Annotated[float, Field(gt=0, lt=100)]
    critical: Annotated[float, Field(gt=0, lt=100)]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.medium < self.high < self.critical:
            raise ValueError("bands have to ascend: medium < high < critical")
        return self


class Holidays(Part):
    """Days off on weekdays, and weekend days that are worked."""

    holidays: list[date] = Field(default_factory=list)
    worked_weekends: list[date] = Field(default_factory=list)
    source: str


class Rates(Part):
    """How many units of the base currency one unit of each currency is worth, from one business date on."""

    since: date
    source: str
    rates: dict[CurrencyCode, Annotated[Decimal, Field(gt=0)]]


class CountryList(Part):
    """Countries, and who says so."""

    countries: list[CountryCode]
    source: str


class IndustryList(Part):
    """Industries by words that a customer's `industry` or `occupation` contains, any case."""

    words: list[Annotated[str, Field(min_length=2, max_length=40)]]
    source: str


class Lists(Part):
    """What detectors and grading look things up in."""

    high_risk_countries: CountryList
    call_for_action_countries: CountryList
    """High-risk, too; with these no amount is too small to be looked at."""
    offshore_countries: CountryList
    high_risk_industries: IndustryList
    cash_industries: IndustryList


class PolicyDocument(Part):
    """The document as it is written."""

    id: Name
    version: Annotated[str, Field(min_length=1, max_length=40)]
    base_currency: CurrencyCode
    home_country: CountryCode
    calendar: Holidays
    reporting: Annotated[list[ReportingRule], Field(min_length=1)]
    near_share: Annotated[float, Field(gt=0, lt=1)]
    rates: list[Rates]
    lists: Lists
    grades: Grades
    grading: Grading
    bands: Bands
    quiet: QuietDefault
    peers: PeersPolicy
    detectors: dict[str, DetectorPolicy]
    group_detectors: dict[str, GroupDetectorPolicy] = Field(
        description="asked of groups of connected customers"
    )

    @model_validator(mode="after")
    def _rates_ascend(self) -> Self:
        dates = [rates.since for rates in self.rates]
        if dates != sorted(set(dates)):
            raise ValueError("rates have to ascend by `since`, each date once")
        return self

    @model_validator(mode="after")
    def _rates_reach_reporting(self) -> Self:
        for rule in self.reporting:
            if rule.foreign is not None and not self.rates:
                raise ValueError(f"rates: reporting rule {rule.id} needs one for {rule.foreign.currency}")
            for rates in self.rates:
                if rule.foreign is not None and rule.foreign.currency not in rates.rates:
                    raise ValueError(
                        f"rates: since {rates.since} there is none for {rule.foreign.currency}, "
                        f"which reporting rule {rule.id} needs"
                    )
        return self

    @model_validator(mode="after")
    def _rules_are_named_once(self) -> Self:
        names = [rule.id for rule in self.reporting]
        if len(names) != len(set(names)):
            raise ValueError("reporting rules need different ids")
        return self
