"""What an alert says so far: when it is said again, and what it then says. The same for customers and for groups.

A revision is published when a detector joins, when the band rises or when the evidence doubles: not for every posting.
The memo in the state holds what the newest revision said, so a revision depends on nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

from monitor.calendar import date_of
from monitor.customer_state import AlertMemo, FindingMemo
from monitor.detector import Documented, Observation, part_of
from monitor.explain import explain, in_unit, summarise, unit_name, window_text
from monitor.policy import BANDS, DetectorLimit, Policy, Quieting
from monitor.scoring import joined
from monitor.stats.raised import Raised
from schemas import Alert, Finding, JudgedProfile
from schemas.customer import RiskGrade
from schemas.fields import format_instant

ALERT_DAYS: Final = 3
"""Alerts of the newest business date and the two before it can still be revised; older late postings are learned only."""
EVIDENCE_KEPT: Final = 16
"""Transaction ids kept for an alert: the newest."""


class Remembers(Protocol):
    """What alerting needs of a state."""

    @property
    def newest_day(self) -> int: ...  # noqa: D102
    @property
    def alerts(self) -> dict[int, AlertMemo]: ...  # noqa: D102
    @property
    def has_alerts(self) -> bool: ...  # noqa: D102
    @property
    def raised(self) -> Raised: ...  # noqa: D102


class Weighs(Protocol):
    """What alerting needs of rules."""

    @property
    def limits(self) -> Mapping[str, DetectorLimit]: ...  # noqa: D102
    @property
    def quiet(self) -> Mapping[str, Quieting]: ...  # noqa: D102


class Occasion(NamedTuple):
    """The posting at which something was found."""

    day: int
    at_ms: int
    evidence_of: Callable[[Observation], list[bytes]]
    """Names of the postings behind an observation, this one included, the newest last."""
    trust: Callable[[str], float]
    """How far a detector is to be believed, 0 to 1."""
    arrived: Callable[[], Mapping[bytes, int]]
    """What orders the names: a name that is not in it is older than all that are."""


class Subject(NamedTuple):
    """Whose alert it is."""

    alert_id: str
    customer_id: str
    grade: RiskGrade
    profile: JudgedProfile | None
    full_name: Callable[[bytes], str]
    """The transaction_id behind a name."""


def digest_of(text: str) -> str:
    """128 bits of BLAKE2b, in hexadecimal."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def may_speak(state: Remembers, day: int) -> bool:
    """Whether the business date is recent enough for its alert to be opened or revised."""
    return day > state.newest_day - ALERT_DAYS


def forget_alerts(state: Remembers) -> None:
    """Drop the alerts that are too old to be revised."""
    for day in [day for day in state.alerts if not may_speak(state, day)]:
        del state.alerts[day]


def note(
    state: Remembers,
    occasion: Occasion,
    found: Sequence[tuple[Documented, Observation]],
    policy: Policy,
    rules: Weighs,
    detectors: Mapping[str, Documented],
) -> AlertMemo | None:
    """Note the findings in the alert of the occasion's date; the memo if there is something new to say."""
    spoken = [one for one in found if not keeps_quiet(state, occasion.day, *one, rules)]
    if not spoken:
        return None
    memo = state.alerts.get(occasion.day)
    if memo is None:
        memo = AlertMemo(0, 0.0, occasion.at_ms, occasion.at_ms, 0, -1, [], [])
        state.alerts[occasion.day] = memo
    joined_now = False
    for detector, observation in spoken:
        part = part_of(observation, rules.limits[detector.id].weight, occasion.trust(detector.id))
        joined_now |= _put(memo, occasion, finding_memo(detector, observation, rules, part), observation)
        raise_it(state, occasion.day, detector, observation)
    _order(memo, occasion.arrived())
    _bound(memo)
    memo.last_at_ms = max(memo.last_at_ms, occasion.at_ms)
    parts = ((detectors[f.detector].family or f.detector, f.part) for f in memo.findings)
    memo.score = max(memo.score, round(joined(parts), 2))
    band = policy.band(memo.score)
    evidence = max(finding.count for finding in memo.findings)
    if not (joined_now or band > memo.published_band or evidence >= 2 * memo.published_count):
        return None
    memo.revision += 1
    memo.published_band, memo.published_count = band, evidence
    return memo


def keeps_quiet(state: Remembers, day: int, detector: Documented, seen: Observation, rules: Weighs) -> bool:
    """Whether the detector has spoken lately, and not much more quietly.

    On the date on which it spoke it may go on: that is the same alert.
    """
    raised = state.raised.of(detector.id)
    if raised is None or raised.day == day:
        return False
    quiet = rules.quiet[detector.id]
    return abs(day - raised.day) < quiet.days and seen.strength < quiet.above * raised.strength


def raise_it(state: Remembers, day: int, detector: Documented, seen: Observation) -> None:
    """Note that the detector speaks, and how strongly: the most on the newest date."""
    state.raised.note(detector.id, day, seen.strength)


def finding_memo(detector: Documented, seen: Observation, rules: Weighs, part: float = 0.0) -> FindingMemo:
    """One observation as it is kept; `part`: what it contributes to the score."""
    return FindingMemo(
        detector=detector.id,
        # Floats, whatever the detector counted in: a whole number would be stored in other bytes than it is read as.
        observed=float(seen.observed),
        threshold=float(seen.threshold),
        usual=None if seen.usual is None else float(seen.usual),
        peers=None if seen.peers is None else float(seen.peers),
        peer_group=seen.peer_group,
        strength=float(seen.strength),
        part=part,
        weight=rules.limits[detector.id].weight,
        first_day=seen.first_day,
        last_day=seen.last_day,
        count=seen.count,
        evidence=[],
    )


def finding_of(detector: Documented, memo: FindingMemo, transaction_ids: list[str], currency: str) -> Finding:
    """One finding as it is published."""
    english, chinese = explain(detector, memo, currency)
    return Finding(
        detector=detector.id,
        typology=detector.typology,
        observed=in_unit(memo.observed, detector.unit, currency),
        threshold=in_unit(memo.threshold, detector.unit, currency),
        unit=unit_name(detector.unit, currency),
        window=window_text(memo.first_day, memo.last_day),
        usual=None if memo.usual is None else in_unit(memo.usual, detector.unit, currency),
        peers=None if memo.peers is None else in_unit(memo.peers, detector.unit, currency),
        peer_group=memo.peer_group,
        weight=memo.weight,
        transaction_ids=transaction_ids,
        explanation=english,
        explanation_zh=chinese,
    )


def write(
    memo: AlertMemo,
    day: int,
    subject: Subject,
    policy: Policy,
    detectors: Mapping[str, Documented],
) -> Alert:
    """The alert as the memo has it, the strongest finding first."""
    ordered = sorted(memo.findings, key=lambda f: -f.part)
    transaction_ids = [subject.full_name(name) for name in memo.names]
    band = policy.band(memo.score)
    findings = [
        finding_of(
            detectors[f.detector],
            f,
            [transaction_ids[index] for index in sorted(f.evidence)],
            policy.currency,
        )
        for f in ordered
    ]
    summary, summary_zh = summarise(band, memo.score, findings)
    return Alert(
        alert_id=subject.alert_id,
        revision=memo.revision,
        customer_id=subject.customer_id,
        business_date=date_of(day),
        score=memo.score,
        band=BANDS[band],
        findings=findings,
        policy_id=policy.id,
        policy_version=policy.version,
        risk_grade=subject.grade,
        profile=subject.profile,
        opened_at=format_instant(memo.opened_at_ms),
        last_at=format_instant(memo.last_at_ms),
        transaction_ids=transaction_ids,
        summary=summary,
        summary_zh=summary_zh,
    )


def _put(memo: AlertMemo, occasion: Occasion, finding: FindingMemo, seen: Observation) -> bool:
    """Put one finding into the memo; whether its detector was not there before. The strongest is kept."""
    mine = next((one for one in memo.findings if one.detector == finding.detector), None)
    if mine is not None and finding.strength < mine.strength:
        return False
    finding.evidence = [_index(memo, name) for name in occasion.evidence_of(seen)]
    if mine is None:
        memo.findings.append(finding)
    else:
        memo.findings[memo.findings.index(mine)] = finding
    return mine is None


def _index(memo: AlertMemo, name: bytes) -> int:
    try:
        return memo.names.index(name)
    except ValueError:
        memo.names.append(name)
        return len(memo.names) - 1


def _order(memo: AlertMemo, arrived: Mapping[bytes, int]) -> None:
    """Put the ids in the order in which they arrived."""
    ids = memo.names
    ordered = sorted(range(len(ids)), key=lambda index: arrived.get(ids[index], 0))
    memo.names = [ids[index] for index in ordered]
    places = {index: place for place, index in enumerate(ordered)}
    for finding in memo.findings:
        finding.evidence = sorted(places[index] for index in finding.evidence)


def _bound(memo: AlertMemo) -> None:
    """Forget the oldest ids above the bound."""
    excess = len(memo.names) - EVIDENCE_KEPT
    if excess <= 0:
        return
    del memo.names[:excess]
    for finding in memo.findings:
        finding.evidence = [index - excess for index in finding.evidence if index >= excess]
