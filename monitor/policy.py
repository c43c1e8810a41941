"""What counts as a departure, by kind of customer and risk grade: a policy document, validated and made quick to ask."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Self

import msgspec
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from monitor.calendar import BankCalendar
from monitor.posting import Posting
from schemas.currency import MINOR_UNIT_DIGITS
from schemas.customer import Kind, RiskGrade
from schemas.fields import CurrencyCode

KINDS: Final[tuple[Kind, ...]] = ("person", "company", "institution")
GRADES: Final[tuple[RiskGrade, ...]] = ("low", "medium", "high")
BANDS: Final = ("low", "medium", "high", "critical")
UNKNOWN_KIND: Final[Kind] = "person"
"""Who has no record is held against the stricter thresholds."""
UNKNOWN_GRADE: Final[RiskGrade] = "medium"


class PolicyError(ValueError):
    """The document is no valid policy; the text says where and what was expected."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ByKind(_Part):
    """A number for each kind of customer, and the rule that it comes from."""

    person: Annotated[float, Field(gt=0)]
    company: Annotated[float, Field(gt=0)]
    institution: Annotated[float, Field(gt=0)]
    source: str


class Reporting(_Part):
    """Reporting thresholds (T), inclusive, major units of the base currency."""

    cash: ByKind
    transfer: ByKind
    cross_border: ByKind


class Limit(_Part):
    """A detector's numbers for some customers; what is absent is taken from the detector's `default`."""

    threshold: Annotated[float, Field(gt=0)] | None = None
    floor: Annotated[float, Field(ge=0)] | None = Field(None, description="major units: less is immaterial")
    share: Annotated[float, Field(gt=0, le=1)] | None = Field(None, description="of value, or of T")
    most: Annotated[int, Field(ge=0)] | None = Field(None, description="counterparties on the other side")


class DetectorPolicy(_Part):
    """One detector's thresholds, its part of the score and why."""

    weight: Annotated[float, Field(gt=0, le=1)]
    default: Limit
    kinds: dict[Kind, Limit] = Field(default_factory=dict)
    why: str


class Grades(_Part):
    """What a risk grade does to every threshold: it is multiplied by this number."""

    low: Annotated[float, Field(gt=0)]
    medium: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]
    why: str


class Bands(_Part):
    """The scores from which an alert is of a band; below `medium` it is low."""

    medium: Annotated[float, Field(gt=0, lt=100)]
    high: Annotated[float, Field(gt=0, lt=100)]
    critical: Annotated[float, Field(gt=0, lt=100)]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.medium < self.high < self.critical:
            raise ValueError("bands have to ascend: medium < high < critical")
        return self


class Holidays(_Part):
    """Days off on weekdays, and weekend days that are worked."""

    holidays: list[date] = Field(default_factory=list)
    worked_weekends: list[date] = Field(default_factory=list)
    source: str


class PolicyDocument(_Part):
    """The document as it is written."""

    id: Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    base_currency: CurrencyCode
    calendar: Holidays
    reporting: Reporting
    near_share: Annotated[float, Field(gt=0, lt=1)]
    rates: dict[CurrencyCode, Annotated[Decimal, Field(gt=0)]]
    rates_source: str
    grades: Grades
    bands: Bands
    detectors: dict[str, DetectorPolicy]


class DetectorLimit(msgspec.Struct, frozen=True, gc=False):
    """A detector's numbers for one kind and grade: `threshold` in the detector's unit, `floor_minor` in minor units."""

    threshold: float
    floor_minor: int
    share: float
    most: int
    weight: float


class Rules(msgspec.Struct, frozen=True):
    """What applies to customers of one kind and grade. Amounts in minor units of the base currency."""

    kind: Kind
    grade: RiskGrade
    currency: str
    minor: int
    calendar: BankCalendar
    limits: Mapping[str, DetectorLimit]
    home_country: str
    cash_minor: int
    transfer_minor: int
    cross_border_minor: int
    near_share: float

    def reporting_minor(self, posting: Posting) -> int:
        """The reporting threshold T that applies to the posting."""
        if posting.channel == "cash":
            return self.cash_minor
        if posting.country is not None and posting.country != self.home_country:
            return self.cross_border_minor
        return self.transfer_minor

    def is_near(self, posting: Posting) -> bool:
        """Whether the amount lies just below the reporting threshold."""
        threshold = self.reporting_minor(posting)
        return self.near_share * threshold <= posting.amount_minor < threshold


class Policy:
    """A valid policy for a bank in one time zone."""

    def __init__(self, document: PolicyDocument, timezone: str) -> None:
        self.id = document.id
        self.version = document.version
        self.currency = document.base_currency
        self.rates: Mapping[str, Decimal] = document.rates
        self.bands = (document.bands.medium, document.bands.high, document.bands.critical)
        self.document = document
        self.calendar = BankCalendar(timezone, document.calendar.holidays, document.calendar.worked_weekends)
        self._rules = {(kind, grade): self._compile(kind, grade) for kind in KINDS for grade in GRADES}

    def rules_for(self, kind: str | None, grade: str | None) -> Rules:
        """The rules for a customer; an unknown kind or grade is taken as `UNKNOWN_KIND`, `UNKNOWN_GRADE`."""
        return self._rules[kind or UNKNOWN_KIND, grade or UNKNOWN_GRADE]  # type: ignore[index]  # stored as plain str

    def band(self, score: float) -> int:
        """Index into `BANDS` for a score from 0 to 100."""
        return sum(score >= start for start in self.bands)

    def _compile(self, kind: Kind, grade: RiskGrade) -> Rules:
        document = self.document
        scale = float(getattr(document.grades, grade))
        minor = 10 ** MINOR_UNIT_DIGITS[self.currency]
        limits = {}
        for name, detector in document.detectors.items():
            limit = detector.default.model_copy(
                update=detector.kinds.get(kind, Limit()).model_dump(exclude_none=True)
            )
            assert limit.threshold is not None  # the loader asks for it
            limits[name] = DetectorLimit(
                threshold=limit.threshold * scale,
                floor_minor=round((limit.floor or 0) * minor * scale),
                share=limit.share or 0.0,
                most=limit.most or 0,
                weight=detector.weight,
            )
        return Rules(
            kind=kind,
            grade=grade,
            currency=self.currency,
            minor=minor,
            calendar=self.calendar,
            limits=limits,
            home_country=document.base_currency[:2],
            cash_minor=round(getattr(document.reporting.cash, kind) * minor),
            transfer_minor=round(getattr(document.reporting.transfer, kind) * minor),
            cross_border_minor=round(getattr(document.reporting.cross_border, kind) * minor),
            near_share=document.near_share,
        )


def load_policy(text: str, *, detectors: frozenset[str], timezone: str = "Asia/Shanghai") -> Policy:
    """The policy that a YAML document holds; `detectors` are the ids that it has to have, no more and no fewer.

    Raises:
        PolicyError: one line for each problem, with its place in the document and what was expected there.
    """
    try:
        document = PolicyDocument.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PolicyError(f"policy: not YAML: {_yaml_problem(error)}") from error
    except ValidationError as error:
        raise PolicyError("\n".join(map(_problem, error.errors()))) from error
    problems = []
    for name in sorted(detectors ^ document.detectors.keys()):
        what = "missing" if name in detectors else "no such detector"
        problems.append(f"policy: detectors.{name}: {what}")
    for name, detector in document.detectors.items():
        if detector.default.threshold is None:
            problems.append(f"policy: detectors.{name}.default.threshold: Field required")
    if problems:
        raise PolicyError("\n".join(problems))
    return Policy(document, timezone)


def _problem(problem: ErrorDetails) -> str:
    place = ".".join(map(str, problem["loc"])) or "document"
    return f"policy: {place}: {problem['msg']}"


def _yaml_problem(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
