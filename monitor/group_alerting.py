"""One alert per group and business date, with the members in its evidence."""

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.calendar import date_of
from monitor.detector import Documented, Observation
from monitor.group_posting import Heard
from monitor.group_state import GroupState, id_of, member_of
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
from monitor.policy import GRADES, UNKNOWN_GRADE, GroupRules, Policy
from schemas import Alert, Member, ShadowFinding
from schemas.customer import RiskGrade
from schemas.fields import format_instant


def group_alert_id(group_id: str, business_date: date) -> str:
    """128 bits of BLAKE2b of what never changes, in hexadecimal; no customer's alert has it, whatever the group is called.

    >>> group_alert_id("G1", date(2026, 3, 2)) == group_alert_id("G1", date(2026, 3, 2))
    True
    """
    return digest_of(f"group\0{group_id}\0{business_date.isoformat()}")


def grade_of(state: GroupState, heard: Heard) -> RiskGrade:
    """The highest risk grade among the members that are remembered."""
    found = {heard.grade, *(member.grade for member in state.members.each)}
    return next((grade for grade in reversed(GRADES) if grade in found), UNKNOWN_GRADE)


def revise_group(
    state: GroupState,
    group_id: str,
    heard: Heard,
    found: Sequence[tuple[Documented, Observation]],
    policy: Policy,
    rules: GroupRules,
    detectors: Mapping[str, Documented],
) -> Alert | None:
    """Note the findings in the alert of the posting's date; the alert if there is something new to say.

    Call after learning.
    """
    occasion = Occasion(
        heard.day,
        heard.at_ms,
        evidence_of=lambda seen: _evidence(heard, seen),
        trust=lambda _: 1.0,
        arrived=lambda: _arrived(state),
    )
    memo = note(state, occasion, found, policy, rules, detectors)
    if memo is None:
        return None
    business_date = date_of(heard.day)
    subject = Subject(group_alert_id(group_id, business_date), group_id, rules.grade, None, id_of)
    alert = write(memo, heard.day, subject, policy, detectors)
    members = _members(state, memo.names)
    return alert.model_copy(update={"group_id": group_id, "members": members})


def group_shadow_finding(
    group_id: str, heard: Heard, detector: Documented, seen: Observation, policy: Policy, rules: GroupRules
) -> ShadowFinding:
    """What a detector in shadow mode has to say: it is written down, and no investigator sees it."""
    ids = [id_of(name) for name in _evidence(heard, seen)]
    return ShadowFinding(
        customer_id=group_id,
        business_date=date_of(heard.day),
        transaction_id=heard.transaction_id,
        finding=finding_of(detector, finding_memo(detector, seen, rules), ids, policy.currency),
        policy_id=policy.id,
        policy_version=policy.version,
        risk_grade=rules.grade,
        at=format_instant(heard.at_ms),
    )


def _evidence(heard: Heard, seen: Observation) -> list[bytes]:
    earlier = seen.evidence or ()
    return [*earlier[-EVIDENCE_KEPT + 1 :], heard.name]


def _arrived(state: GroupState) -> dict[bytes, int]:
    """By the business date of what is still remembered: partitions come in no common order."""
    days = {near.name: near.day for near in state.nears}
    return days | {name: leg.day for leg in state.legs for name in leg.names}


def _members(state: GroupState, names: Sequence[bytes]) -> list[Member]:
    """The postings by member, in the order of the first of each; those of a member that is forgotten are left out.

    And, without any, who is only the other side of a transfer among them.
    """
    ids = state.members.ids()
    found: dict[str, list[str]] = {}
    for name in names:
        customer_id = ids.get(member_of(name))
        if customer_id is not None:
            found.setdefault(customer_id, []).append(id_of(name))
    for leg in state.legs:
        if not set(leg.names).isdisjoint(names):
            for end in (leg.giver, leg.taker):
                if end in ids:
                    found.setdefault(ids[end], [])
    return [Member(customer_id=customer_id, transaction_ids=of) for customer_id, of in found.items()]
