"""All that is kept of one customer, and its stored form.

Budget (held by a test): at most 2 KiB encoded for 30 postings a month, at most 16 KiB for any traffic. Exact but where a
part says otherwise. The stored form is a MessagePack array that begins with the version; whoever changes a field here changes
`FORMAT` and says **Breaking (state)** in the changelog.
"""

from functools import cached_property
from typing import Final

import msgspec

from monitor.assessment import Assessment
from monitor.passing import Passing
from monitor.policy import GRADES, KINDS
from monitor.profile import ALWAYS, NO_RECORD, Profile, group_of, packed, unpacked
from monitor.stats.counterparties import Counterparties
from monitor.stats.habits import AmountHabit, Episode
from monitor.stats.leanings import Leanings
from monitor.stats.months import Months
from monitor.stats.raised import Raised
from monitor.stats.recent import Recent
from monitor.stats.shape import Shape
from monitor.stats.sightings import Sightings
from monitor.stats.strangers import Strangers
from monitor.stats.tiles import Ring

FORMAT: Final = 3
HOURS_KEPT: Final = 48
DAYS_KEPT: Final = 35
MONTHS_KEPT: Final = 13
REPORT_DAYS: Final = 10
"""How long large-value reports of a date can change. They are due within five working days (PBoC order 2016 no. 3)."""
NO_OFFSET: Final = -1
NOVEL_DAYS: Final = 30
"""How long a counterparty is new, and how long a customer has to be known before anybody can be new to them."""
DORMANT_DAYS: Final = 180
"""A silence that is remembered: the shorter of the two limits in use for sleeping accounts (180 and 365 days)."""


YOUNG_DAYS: Final = 90
"""A customer is young for so long: accounts that are bought or lent to others are mostly used up by then."""


_KIND_PLACES: Final[dict[str | None, int]] = {None: -1, **{kind: n for n, kind in enumerate(KINDS)}}
_GRADE_PLACES: Final[dict[str | None, int]] = {None: -1, **{grade: n for n, grade in enumerate(GRADES)}}


class FindingMemo(msgspec.Struct, array_like=True):
    """One finding of an open alert: what is needed to write it again. Money in minor units; days are day numbers."""

    detector: str
    observed: float
    threshold: float
    usual: float | None
    peers: float | None
    peer_group: str | None
    strength: float
    part: float
    """What it contributes to the score, 0 to `weight`."""
    weight: float
    first_day: int
    last_day: int
    count: int
    evidence: list[int]
    """Indices into the alert's `names`."""


class AlertMemo(msgspec.Struct, array_like=True):
    """The alert of one business date, as last published."""

    revision: int
    score: float
    opened_at_ms: int
    last_at_ms: int
    published_count: int
    published_band: int
    names: list[bytes]
    """The evidence, as `monitor.stats.recent.short_name` writes ids."""
    findings: list[FindingMemo]


class ReportMemo(msgspec.Struct, array_like=True):
    """A large-value report as last published; amount in minor units of the base currency."""

    revision: int
    count: int
    amount_minor: int


_encoder = msgspec.msgpack.Encoder()
_alerts = msgspec.msgpack.Decoder(dict[int, AlertMemo])
_reports = msgspec.msgpack.Decoder(dict[bytes, ReportMemo])
OPEN: Final = b"*"
"""Stands for what is unpacked: its stored form is made anew."""


class CustomerState(msgspec.Struct, array_like=True, dict=True):
    """One customer's past. Mutable: only `monitor.learn` and the engine change it.

    The alerts, which few customers have, are unpacked when they are first asked for.
    """

    format: int = FORMAT
    """The version of this layout: the first element, so that it can be told before anything is decoded."""
    transactions_offset: int = NO_OFFSET
    """Offset of the newest `transactions` record applied: what makes a second delivery harmless."""
    customers_offset: int = NO_OFFSET
    kind_place: int = -1
    """Index into `KINDS`, -1 for none, of the current record's kind; it and the two that follow choose the rules."""
    grade_place: int = -1
    """Index into `GRADES`, -1 for none, of the risk grade that it declares."""
    segment: str | None = None
    effective_day: int = ALWAYS
    """From when the current record is in effect."""
    packed_profile: msgspec.Raw = NO_RECORD
    """The rest of the current record."""
    packed_earlier: msgspec.Raw = NO_RECORD
    """The record that was in effect before it."""
    first_day: int = 0
    newest_day: int = 0
    woke_day: int = 0
    """The latest day that came after at least `DORMANT_DAYS` of silence."""
    hours: Ring = msgspec.field(default_factory=Ring)
    days: Ring = msgspec.field(default_factory=Ring)
    months: Months = msgspec.field(default_factory=Months)
    cash_days: Ring = msgspec.field(default_factory=Ring)
    near_days: Ring = msgspec.field(default_factory=Ring)
    novel_days: Ring = msgspec.field(default_factory=Ring)
    counterparties: Counterparties = msgspec.field(default_factory=Counterparties)
    accounts: Sightings = msgspec.field(default_factory=Sightings)
    """The accounts that this customer used, by the key of their number."""
    countries: Sightings = msgspec.field(default_factory=Sightings)
    """The foreign countries that money came from or went to, by the key of their code."""
    risky_days: Ring = msgspec.field(default_factory=Ring)
    """Postings with counterparties in high-risk countries."""
    shape: Shape = msgspec.field(default_factory=Shape)
    """Postings by the hour of the day and by the first digit of the amount in base currency."""
    leanings: Leanings = msgspec.field(default_factory=Leanings)
    """How many amounts are round, and how many just below the reporting threshold."""
    recent: Recent = msgspec.field(default_factory=Recent)
    amounts_in: AmountHabit = msgspec.field(default_factory=AmountHabit)
    amounts_out: AmountHabit = msgspec.field(default_factory=AmountHabit)
    episode: Episode = msgspec.field(default_factory=Episode)
    strangers: Strangers = msgspec.field(default_factory=Strangers)
    passing: Passing = msgspec.field(default_factory=Passing)
    raised: Raised = msgspec.field(default_factory=Raised)
    apart: Ring = msgspec.field(default_factory=Ring)
    """By business date and class (`monitor.report_rules`): postings across a border or in another currency."""
    assessment: Assessment = msgspec.field(default_factory=Assessment)
    """The risk grade as it was last assessed."""
    packed_reports: bytes = b""
    packed_alerts: bytes = b""
    group: str | None = None
    """Of the current record: the group of connected customers that is to hear of each posting."""

    @cached_property
    def alerts(self) -> dict[int, AlertMemo]:
        """By business date (day number): the alerts that can still be revised."""
        packed, self.packed_alerts = self.packed_alerts, OPEN
        return _alerts.decode(packed) if packed else {}

    @cached_property
    def profile(self) -> Profile:
        """The current record; an empty one where there is none."""
        profile = unpacked(self.packed_profile)
        return msgspec.structs.replace(
            profile, kind=self.kind, risk_grade=self.risk_grade, segment=self.segment
        )

    @cached_property
    def earlier(self) -> Profile:
        """The record before the current one; an empty one where there is none."""
        return unpacked(self.packed_earlier)

    @property
    def has_record(self) -> bool:
        """Whether the KYC system has sent any: each says what kind of customer it is about."""
        return self.kind_place >= 0

    @property
    def kind(self) -> str | None:
        """The kind of customer, of the current record."""
        return KINDS[self.kind_place] if self.kind_place >= 0 else None

    @property
    def risk_grade(self) -> str | None:
        """The risk grade that the current record declares."""
        return GRADES[self.grade_place] if self.grade_place >= 0 else None

    @property
    def may_be_in_group(self) -> bool:
        """Whether the current record, or the one before, can be of a member of a group."""
        return self.group is not None or self.packed_earlier != NO_RECORD

    def profile_on(self, day: int) -> Profile:
        """The record in effect on a business date; the earliest kept where that date is before both."""
        if day >= self.effective_day or self.packed_earlier == NO_RECORD:
            return self.profile
        return self.earlier

    def declare(self, profile: Profile) -> None:
        """Take in a record: the two that take effect last are kept, and of the same day the one that came last."""
        if not self.has_record or profile.effective_day == self.effective_day:
            self._set_current(profile)
        elif profile.effective_day > self.effective_day:
            self._set_earlier(self.profile)
            self._set_current(profile)
        elif self.packed_earlier == NO_RECORD or profile.effective_day >= self.earlier.effective_day:
            self._set_earlier(profile)

    def _set_current(self, profile: Profile) -> None:
        kind, grade, self.segment = profile.kind, profile.risk_grade, profile.segment
        self.kind_place, self.grade_place = _KIND_PLACES[kind], _GRADE_PLACES[grade]
        rest = msgspec.structs.replace(profile, kind=None, risk_grade=None, segment=None)
        self.effective_day, self.packed_profile = profile.effective_day, packed(rest)
        self.group = group_of(profile)
        self.__dict__.pop("profile", None)

    def _set_earlier(self, profile: Profile) -> None:
        self.packed_earlier = packed(profile)
        self.__dict__.pop("earlier", None)

    @property
    def has_alerts(self) -> bool:
        """Whether any alert may still be revised; without unpacking them."""
        return self.packed_alerts != b""

    @cached_property
    def reports(self) -> dict[bytes, ReportMemo]:
        """By date (day number, the first two bytes), rule, direction and side: the large-value reports that can still change."""
        packed, self.packed_reports = self.packed_reports, OPEN
        return _reports.decode(packed) if packed else {}

    def forget_reports(self) -> None:
        """Drop those of dates whose reports can no longer change."""
        oldest = self.newest_day - REPORT_DAYS + 1
        for key in [key for key in self.reports if int.from_bytes(key[:2], "little") < oldest]:
            del self.reports[key]

    @property
    def has_reports(self) -> bool:
        """Whether any report may still change; without unpacking them."""
        return self.packed_reports != b""

    @property
    def oldest_day(self) -> int:
        """The earliest business date that may still be posted to."""
        return self.newest_day - DAYS_KEPT + 1

    def is_known(self, day: int) -> bool:
        """Whether the customer's first posting is long enough ago to have habits."""
        return self.first_day > 0 and day - self.first_day >= NOVEL_DAYS

    def is_novel(self, counterparty: int | None, day: int) -> bool:
        """Whether the counterparty (its key) is new on that day to a customer known well enough to say so."""
        if counterparty is None or not self.is_known(day):
            return False
        first_day = self.counterparties.first_day(counterparty)
        return first_day is None or day - first_day < NOVEL_DAYS


class StateFormatError(ValueError):
    """Stored bytes are not a state of this version."""


_decoder = msgspec.msgpack.Decoder(CustomerState)
_FORMAT_AT: Final = 3
"""Where the version stands: behind the array's mark and its length (two bytes)."""


def encode(state: CustomerState) -> bytes:
    """The stored form. The same state gives the same bytes, decoded in between or not."""
    alerts, reports = state.packed_alerts, state.packed_reports
    if alerts == OPEN:
        state.packed_alerts = _encoder.encode(state.alerts) if state.alerts else b""
    if reports == OPEN:
        state.packed_reports = _encoder.encode(state.reports) if state.reports else b""
    raw = _encoder.encode(state)
    state.packed_alerts, state.packed_reports = alerts, reports
    return raw


def decode(raw: bytes) -> CustomerState:
    """The state that `encode` stored.

    Raises:
        StateFormatError: another version, or damaged bytes.
    """
    if len(raw) <= _FORMAT_AT or raw[_FORMAT_AT] != FORMAT:
        held = raw[_FORMAT_AT] if len(raw) > _FORMAT_AT else "missing"
        raise StateFormatError(f"state format {held}, this version reads {FORMAT}")
    try:
        return _decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise StateFormatError(f"damaged state: {error}") from error
