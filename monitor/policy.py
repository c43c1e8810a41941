"""What counts as a departure, by kind of customer, segment and risk grade: a policy document made quick to ask."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast

import msgspec

from monitor import report_rules
from monitor.calendar import BankCalendar, day_of
from monitor.lists import Lists
from monitor.policy_check import checked
from monitor.policy_document import GroupDetectorPolicy, Limit, Mode, PolicyDocument
from monitor.policy_source import PolicyError, Written, read_document
from monitor.posting import Posting
from monitor.report_rules import ReportRule
from monitor.stats.raised import key_of
from schemas.currency import MINOR_UNIT_DIGITS
from schemas.customer import Kind, RiskGrade

__all__ = [
    "BANDS",
    "GRADES",
    "KINDS",
    "DetectorLimit",
    "Policy",
    "PolicyError",
    "Quieting",
    "Rules",
    "load_policy",
]

KINDS: Final[tuple[Kind, ...]] = ("person", "company", "institution")
GRADES: Final[tuple[RiskGrade, ...]] = ("low", "medium", "high")
BANDS: Final = ("low", "medium", "high", "critical")
UNKNOWN_KIND: Final[Kind] = "person"
"""Who has no record is held against the stricter thresholds."""
UNKNOWN_GRADE: Final[RiskGrade] = "medium"


class DetectorLimit(msgspec.Struct, frozen=True, gc=False):
    """A detector's numbers for one kind and grade: `threshold` in the detector's unit, `floor_minor` in minor units."""

    threshold: float
    floor_minor: int
    share: float
    most: int
    weight: float


class Quieting(msgspec.Struct, frozen=True, gc=False):
    """For how many days a detector that has spoken is silent, unless `above` times as strong."""

    days: int
    above: float


class Rules(msgspec.Struct, frozen=True, eq=False):
    """What applies to customers of one kind, segment and grade. Amounts in minor units of the base currency.

    A policy makes each but once, and two are equal if they are the same.
    """

    kind: Kind
    grade: RiskGrade
    currency: str
    minor: int
    calendar: BankCalendar
    limits: Mapping[str, DetectorLimit]
    home_country: str
    reporting: Mapping[tuple[str, bool], int]
    """T by channel and whether the counterparty is abroad; no entry: no T."""
    reports: tuple[ReportRule, ...]
    """The rules under which reports are due."""
    least_report_minor: int
    """No day's sum below this is due under any of them but those for cash alone."""
    least_cash_report_minor: int
    """No day's sum of cash below this is due under those."""
    near_share: float
    lists: Lists
    quiet: Mapping[str, Quieting]
    """By detector."""
    quiet_days: Mapping[int, int]
    """By `monitor.stats.raised.key_of` a detector."""
    review_months: int
    """After how many months a customer of this grade, and their record, are due for a look."""
    least_peers: int
    """Customers that a group of peers has to have."""

    def reporting_minor(self, posting: Posting) -> int | None:
        """The reporting threshold T that applies to the posting; None: no rule has one."""
        return self.reporting.get((posting.channel, posting.is_foreign))

    def is_near(self, amount_minor: int, reporting_minor: int | None) -> bool:
        """Whether the amount lies just below the reporting threshold T, if there is one."""
        return (
            reporting_minor is not None
            and self.near_share * reporting_minor <= amount_minor < reporting_minor
        )


class GroupRules(msgspec.Struct, frozen=True):
    """What applies to groups whose highest risk grade this is."""

    grade: RiskGrade
    currency: str
    minor: int
    calendar: BankCalendar
    limits: Mapping[str, DetectorLimit]
    quiet: Mapping[str, Quieting]
    """By detector."""
    quiet_days: Mapping[int, int]
    """By `monitor.stats.raised.key_of` a detector."""


class Policy:
    """A valid policy for a bank in one time zone."""

    def __init__(self, document: PolicyDocument, timezone: str) -> None:
        self.id = document.id
        self.version = document.version
        self.currency = document.base_currency
        self.home_country = document.home_country
        self.minor = 10 ** MINOR_UNIT_DIGITS[self.currency]
        self.bands = (document.bands.medium, document.bands.high, document.bands.critical)
        self.document = document
        self.calendar = BankCalendar(timezone, document.calendar.holidays, document.calendar.worked_weekends)
        self.lists = Lists.of(document.lists)
        self.modes: Mapping[str, Mode] = {name: one.mode for name, one in document.detectors.items()}
        self._quiet = self._quieting(document.detectors)
        self.group_modes: Mapping[str, Mode] = {
            name: one.mode for name, one in document.group_detectors.items()
        }
        self._group_rules = {grade: self._compile_group(grade) for grade in GRADES}
        self._rates = [(day_of(rates.since), rates.rates) for rates in document.rates]
        self._segments = frozenset(
            segment for detector in document.detectors.values() for segment in detector.segments
        )
        self._rules: dict[tuple[str, str, str | None], Rules] = {}

    def rules_for(self, kind: str | None, grade: str | None, segment: str | None = None) -> Rules:
        """The rules for a customer; an unknown kind or grade is taken as `UNKNOWN_KIND`, `UNKNOWN_GRADE`."""
        key = kind or UNKNOWN_KIND, grade or UNKNOWN_GRADE, segment if segment in self._segments else None
        rules = self._rules.get(key)
        if rules is None:
            rules = self._rules[key] = self._compile(cast(Kind, key[0]), cast(RiskGrade, key[1]), key[2])
        return rules

    def group_rules(self, grade: RiskGrade) -> GroupRules:
        """The rules for a group of that grade."""
        return self._group_rules[grade]

    def rates_on(self, day: int) -> Mapping[str, Decimal]:
        """The rates in force on a business date; none before the first."""
        for since, rates in reversed(self._rates):
            if since <= day:
                return rates
        return {}

    def latest_rates(self) -> Mapping[str, Decimal]:
        """The rates that came into force last."""
        return self._rates[-1][1] if self._rates else {}

    def band(self, score: float) -> int:
        """Index into `BANDS` for a score from 0 to 100."""
        return sum(score >= start for start in self.bands)

    def _compile(self, kind: Kind, grade: RiskGrade, segment: str | None) -> Rules:
        document = self.document
        reports = report_rules.compiled(document.reporting, kind, self.currency)
        rates = [{name: float(rate) for name, rate in rates.items()} for _, rates in self._rates]
        limits = {
            name: self._limit(
                detector,
                grade,
                detector.default,
                detector.kinds.get(kind),
                detector.segments.get(segment) if segment else None,
            )
            for name, detector in document.detectors.items()
        }
        return Rules(
            kind=kind,
            grade=grade,
            currency=self.currency,
            minor=self.minor,
            calendar=self.calendar,
            limits=limits,
            home_country=self.home_country,
            reporting=self._reporting(kind),
            reports=reports,
            least_report_minor=report_rules.least_minor(reports, rates, self.currency, cash=False),
            least_cash_report_minor=report_rules.least_minor(reports, rates, self.currency, cash=True),
            near_share=document.near_share,
            lists=self.lists,
            quiet=self._quiet,
            quiet_days=_days_of(self._quiet),
            review_months=getattr(document.grading.review_months, grade),
            least_peers=document.peers.least,
        )

    def _compile_group(self, grade: RiskGrade) -> GroupRules:
        quiet = self._quieting(self.document.group_detectors)
        return GroupRules(
            grade=grade,
            currency=self.currency,
            minor=self.minor,
            calendar=self.calendar,
            limits={
                name: self._limit(detector, grade, detector.default)
                for name, detector in self.document.group_detectors.items()
            },
            quiet=quiet,
            quiet_days=_days_of(quiet),
        )

    def _limit(self, detector: GroupDetectorPolicy, grade: RiskGrade, *parts: Limit | None) -> DetectorLimit:
        """What the parts give together, the later before the earlier, for a risk grade."""
        scale = float(getattr(self.document.grades.threshold, grade))
        weight_scale = float(getattr(self.document.grades.weight, grade))
        given: dict[str, float] = {}
        for part in parts:
            given |= part.model_dump(exclude_none=True) if part else {}
        return DetectorLimit(
            threshold=given["threshold"] * scale,
            floor_minor=round(given.get("floor", 0) * self.minor * scale),
            share=given.get("share", 0.0),
            most=int(given.get("most", 0)),
            weight=min(1.0, detector.weight * weight_scale),
        )

    def _quieting(self, detectors: Mapping[str, GroupDetectorPolicy]) -> dict[str, Quieting]:
        default = self.document.quiet
        return {
            name: Quieting((one.quiet or default).days, (one.quiet or default).above)
            for name, one in detectors.items()
        }

    def _reporting(self, kind: Kind) -> dict[tuple[str, bool], int]:
        """The lowest T for each channel, at home and abroad: the smallest amount that the law means."""
        lowest: dict[tuple[str, bool], int] = {}
        for rule in self.document.reporting:
            # "More than" an amount begins one minor unit above it: the amount itself is just below T.
            amount_minor = round(getattr(rule.amounts, kind) * self.minor) + (not rule.inclusive)
            for channel in rule.channels:
                for is_foreign in (False, True):
                    if rule.where in ("any", "cross-border" if is_foreign else "domestic"):
                        known = lowest.get((channel, is_foreign), amount_minor)
                        lowest[channel, is_foreign] = min(known, amount_minor)
        return lowest


def _days_of(quiet: Mapping[str, Quieting]) -> dict[int, int]:
    return {key_of(detector): one.days for detector, one in quiet.items()}


def load_policy(
    text: str | Written,
    *,
    detectors: frozenset[str],
    group_detectors: frozenset[str],
    timezone: str = "Asia/Shanghai",
) -> Policy:
    """The policy that a YAML document holds; the ids are those that it has to have, no more and no fewer.

    Raises:
        PolicyError: one line for each problem, with its line and place in the document and what was expected there.
    """
    written = read_document(text) if isinstance(text, str) else text
    sections = {"detectors": detectors, "group_detectors": group_detectors}
    return Policy(checked(written, sections), timezone)
