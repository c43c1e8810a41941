"""One alert per customer and business date; when it is said again, and what it then says.

A revision is published when a detector joins, when the band rises or when the evidence doubles: not for every posting.
The memo in the customer's state holds what the newest revision said, so a revision depends on nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Final

from monitor.calendar import date_of
from monitor.customer_state import AlertMemo, CustomerState, FindingMemo, Raised
from monitor.detector import Detector, Observation
from monitor.explain import explain, in_unit, judged_profile, summarise, unit_name, window_text
from monitor.policy import BANDS, Policy, Rules
from monitor.posting import Posting
from monitor.scoring import contribution, joined
from monitor.stats.recent import INBOUND, REVERSED, full_name
from schemas import Alert, Finding, ShadowFinding
from schemas.fields import format_instant

ALERT_DAYS: Final = 3
"""Alerts of the newest business date and the two before it can still be revised; older late postings are learned only."""
EVIDENCE_KEPT: Final = 16
"""Transaction ids kept for an alert: the newest."""


def alert_id(customer_id: str, business_date: date) -> str:
    """128 bits of BLAKE2b of what never changes, in hexadecimal.

    >>> alert_id("C1", date(2026, 3, 2)) == alert_id("C1", date(2026, 3, 2))
    True
    """
    return blake2b(f"{customer_id}\0{business_date.isoformat()}".encode(), digest_size=16).hexdigest()


def may_alert(state: CustomerState, posting: Posting) -> bool:
    """Whether the posting's business date is recent enough for its alert to be opened or revised."""
    return posting.day > state.newest_day - ALERT_DAYS


def revise(
    state: CustomerState,
    posting: Posting,
    found: Sequence[tuple[Detector, Observation]],
    policy: Policy,
    rules: Rules,
    detectors: Mapping[str, Detector],
) -> Alert | None:
    """Note the findings in the alert of the posting's date; the alert if there is something new to say.

    Call after learning: the posting is then part of the recent postings that serve as evidence.
    """
    if state.has_alerts:
        for day in [day for day in state.alerts if day <= state.newest_day - ALERT_DAYS]:
            del state.alerts[day]
    spoken = [one for one in found if not is_quiet(state, posting.day, *one, rules)]
    if not spoken:
        return None
    memo = state.alerts.get(posting.day)
    if memo is None:
        memo = AlertMemo(0, 0.0, posting.at_ms, posting.at_ms, 0, -1, [], [])
        state.alerts[posting.day] = memo
    joined_now = False
    for detector, observation in spoken:
        joined_now |= _note(memo, state, posting, detector, observation, rules)
        raise_it(state, posting.day, detector, observation)
    memo.last_at_ms = max(memo.last_at_ms, posting.at_ms)
    memo.score = max(memo.score, round(_score(memo, detectors), 2))
    band = policy.band(memo.score)
    evidence = max(finding.count for finding in memo.findings)
    if not (joined_now or band > memo.published_band or evidence >= 2 * memo.published_count):
        return None
    memo.revision += 1
    memo.published_band, memo.published_count = band, evidence
    return _write(memo, state, posting, policy, rules, detectors)


def published_band(state: CustomerState, day: int) -> int:
    """Index into `BANDS` of what was last said about a business date; -1: nothing."""
    memo = state.alerts.get(day) if state.has_alerts else None
    return -1 if memo is None else memo.published_band


def _score(memo: AlertMemo, detectors: Mapping[str, Detector]) -> float:
    return joined(
        (detectors[f.detector].family or f.detector, contribution(f.weight, f.strength))
        for f in memo.findings
    )


def is_quiet(state: CustomerState, day: int, detector: Detector, seen: Observation, rules: Rules) -> bool:
    """Whether the detector has spoken about the customer lately, and not much more quietly.

    On the date on which it spoke it may go on: that is the same alert.
    """
    raised = state.raised.get(detector.id)
    if raised is None or raised.day == day:
        return False
    quiet = rules.quiet[detector.id]
    return abs(day - raised.day) < quiet.days and seen.strength < quiet.above * raised.strength


def raise_it(state: CustomerState, day: int, detector: Detector, seen: Observation) -> None:
    """Note that the detector speaks, and how strongly: the most on the newest date."""
    raised, strength = state.raised.get(detector.id), float(seen.strength)
    if raised is None or day > raised.day:
        state.raised[detector.id] = Raised(day, strength)
    elif strength > raised.strength:
        raised.strength = strength


def shadow_finding(
    state: CustomerState,
    posting: Posting,
    detector: Detector,
    seen: Observation,
    policy: Policy,
    rules: Rules,
) -> ShadowFinding:
    """What a detector in shadow mode has to say: it is written down, and no investigator sees it.

    Call after learning, as `revise`.
    """
    memo = _memo_of(detector, seen, rules, [])
    names = [full_name(name) for name in _evidence(state, posting, seen)]
    return ShadowFinding(
        customer_id=posting.customer_id,
        business_date=date_of(posting.day),
        transaction_id=posting.transaction_id,
        finding=_finding(detector, memo, names, policy.currency),
        policy_id=policy.id,
        policy_version=policy.version,
        risk_grade=rules.grade,
        at=format_instant(posting.at_ms),
    )


def _note(
    memo: AlertMemo,
    state: CustomerState,
    posting: Posting,
    detector: Detector,
    seen: Observation,
    rules: Rules,
) -> bool:
    """Put one observation into the memo; whether its detector was not there before. The strongest is kept."""
    mine = next((finding for finding in memo.findings if finding.detector == detector.id), None)
    if mine is not None and seen.strength < mine.strength:
        return False
    evidence = [_index(memo, name) for name in _evidence(state, posting, seen)]
    finding = _memo_of(detector, seen, rules, evidence)
    if mine is None:
        memo.findings.append(finding)
    else:
        memo.findings[memo.findings.index(mine)] = finding
    _order(memo, state)
    _bound(memo)
    return mine is None


def _memo_of(detector: Detector, seen: Observation, rules: Rules, evidence: list[int]) -> FindingMemo:
    return FindingMemo(
        detector=detector.id,
        # Floats, whatever the detector counted in: a whole number would be stored in other bytes than it is read as.
        observed=float(seen.observed),
        threshold=float(seen.threshold),
        usual=None if seen.usual is None else float(seen.usual),
        peers=None if seen.peers is None else float(seen.peers),
        peer_group=seen.peer_group,
        strength=float(seen.strength),
        weight=rules.limits[detector.id].weight,
        first_day=seen.first_day,
        last_day=seen.last_day,
        count=seen.count,
        evidence=evidence,
    )


def _evidence(state: CustomerState, posting: Posting, seen: Observation) -> list[bytes]:
    if seen.evidence is not None:
        return [*seen.evidence[-EVIDENCE_KEPT + 1 :], posting.name]
    chosen = [
        recent.name
        for recent in state.recent
        if seen.first_day <= recent.day <= seen.last_day
        and not recent.flags & REVERSED
        and (seen.inbound is None or bool(recent.flags & INBOUND) == seen.inbound)
        and recent.flags & seen.flags == seen.flags
    ]
    return chosen[-EVIDENCE_KEPT:]


def _index(memo: AlertMemo, name: bytes) -> int:
    try:
        return memo.names.index(name)
    except ValueError:
        memo.names.append(name)
        return len(memo.names) - 1


def _order(memo: AlertMemo, state: CustomerState) -> None:
    """Put the ids in the order in which they arrived: one that is not among the newest postings is older than those."""
    arrived = {recent.name: number for number, recent in enumerate(state.recent, 1)}
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


def _write(
    memo: AlertMemo,
    state: CustomerState,
    posting: Posting,
    policy: Policy,
    rules: Rules,
    detectors: Mapping[str, Detector],
) -> Alert:
    ordered = sorted(memo.findings, key=lambda f: -contribution(f.weight, f.strength))
    transaction_ids = [full_name(name) for name in memo.names]
    band = policy.band(memo.score)
    findings = [
        _finding(
            detectors[f.detector],
            f,
            [transaction_ids[index] for index in sorted(f.evidence)],
            policy.currency,
        )
        for f in ordered
    ]
    summary, summary_zh = summarise(band, memo.score, findings)
    business_date = date_of(posting.day)
    return Alert(
        alert_id=alert_id(posting.customer_id, business_date),
        revision=memo.revision,
        customer_id=posting.customer_id,
        business_date=business_date,
        score=memo.score,
        band=BANDS[band],
        findings=findings,
        policy_id=policy.id,
        policy_version=policy.version,
        risk_grade=rules.grade,
        profile=judged_profile(state, posting.day, policy.currency),
        opened_at=format_instant(memo.opened_at_ms),
        last_at=format_instant(memo.last_at_ms),
        transaction_ids=transaction_ids,
        summary=summary,
        summary_zh=summary_zh,
    )


def _finding(detector: Detector, memo: FindingMemo, transaction_ids: list[str], currency: str) -> Finding:
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
