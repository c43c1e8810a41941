"""One alert per customer and business date: its evidence among the customer's postings, and what is said of the customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from monitor.calendar import DAY_S, date_of
from monitor.customer_state import CustomerState
from monitor.detector import Detector, Documented, Observation
from monitor.explain import judged_profile
from monitor.memo import (
    EVIDENCE_KEPT,
    Occasion,
    Subject,
    digest_of,
    finding_memo,
    finding_of,
    note,
    write,
)
from monitor.policy import Policy, Rules
from monitor.posting import Posting
from monitor.stats.recent import INBOUND, REVERSED, full_name
from schemas import Alert, ShadowFinding
from schemas.fields import format_instant


def alert_id(customer_id: str, business_date: date) -> str:
    """128 bits of BLAKE2b of what never changes, in hexadecimal.

    >>> alert_id("C1", date(2026, 3, 2)) == alert_id("C1", date(2026, 3, 2))
    True
    """
    return digest_of(f"{customer_id}\0{business_date.isoformat()}")


def revise(
    state: CustomerState,
    posting: Posting,
    found: Sequence[tuple[Detector, Observation]],
    policy: Policy,
    rules: Rules,
    detectors: Mapping[str, Documented],
) -> Alert | None:
    """Note the findings in the alert of the posting's date; the alert if there is something new to say.

    Call after learning: the posting is then part of the recent postings that serve as evidence.
    """
    occasion = Occasion(
        posting.day,
        posting.at_ms,
        evidence_of=lambda seen: _evidence(state, posting, seen),
        trust=trust_of(posting),
        arrived=lambda: {name: number for number, name in enumerate(state.recent.each_name(), 1)},
    )
    memo = note(state, occasion, found, policy, rules, detectors)
    if memo is None:
        return None
    subject = Subject(
        alert_id(posting.customer_id, date_of(posting.day)),
        posting.customer_id,
        rules.grade,
        judged_profile(state, posting.day, policy.currency),
        full_name,
    )
    return write(memo, posting.day, subject, policy, detectors)


def trust_of(posting: Posting) -> Callable[[str], float]:
    """How far each detector is to be believed, as known when the posting's record was stamped."""
    return _fully if posting.peers is None else posting.peers.trust


def _fully(_detector: str) -> float:
    return 1.0


def published_band(state: CustomerState, day: int) -> int:
    """Index into `BANDS` of what was last said about a business date; -1: nothing."""
    memo = state.alerts.get(day) if state.has_alerts else None
    return -1 if memo is None else memo.published_band


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
    names = [full_name(name) for name in _evidence(state, posting, seen)]
    return ShadowFinding(
        customer_id=posting.customer_id,
        business_date=date_of(posting.day),
        transaction_id=posting.transaction_id,
        finding=finding_of(detector, finding_memo(detector, seen, rules), names, policy.currency),
        policy_id=policy.id,
        policy_version=policy.version,
        risk_grade=rules.grade,
        at=format_instant(posting.at_ms),
    )


def _evidence(state: CustomerState, posting: Posting, seen: Observation) -> list[bytes]:
    if seen.evidence is not None:
        return [*seen.evidence[-EVIDENCE_KEPT + 1 :], posting.name]
    from_s, to_s = seen.first_day * DAY_S, (seen.last_day + 1) * DAY_S
    mask, wanted = seen.flags | REVERSED, seen.flags
    if seen.inbound is not None:
        mask |= INBOUND
        wanted = wanted | INBOUND if seen.inbound else wanted & ~INBOUND
    chosen = [
        name
        for name, (flags, local_s, _, _) in zip(state.recent.each_name(), state.recent.figures(), strict=True)
        if from_s <= local_s < to_s and flags & mask == wanted
    ]
    return chosen[-EVIDENCE_KEPT:]
