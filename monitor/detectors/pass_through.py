"""Does money leave as fast as it comes?"""

from typing import Final

from monitor.calendar import DAY_S
from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.flows import Through, flow_through
from monitor.policy import DetectorLimit, Rules
from monitor.posting import Posting
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "pass-through"
FIRM: Final = 3.0
"""Odds from which one payment is a finding: three to one."""
LEAST_GRADE: Final = 0.001
"""Below this probability, that of any posting, nothing is said."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Out as a share of in: of one payment that is passed on, or of all of the last 24 hours or 3 days; at most 1.

    One payment counts from three to one, see `monitor.passing`; they also grade what is below the threshold, both ways.
    """
    match, limits, day = posting.match, rules.limits[ID], posting.day
    if match is not None and match.odds >= FIRM and match.source_s and _is_material(state, posting, limits):
        recent = state.recent
        source = tuple(one.name for one in recent if one.local_s == match.source_s and one.inbound)
        first, least = match.source_s // DAY_S, min(match.share, limits.threshold)
        return Observation(match.share, least, None, first, day, 2, evidence=source)
    flow = None if posting.inbound else flow_through(state, posting, rules, limits.floor_minor)
    if flow is None and not posting.is_ranked:
        return None
    grade = match.odds / (1 + match.odds) if match is not None and state.is_known(day) else 0.0
    if flow is None:
        if grade < LEAST_GRADE:
            return None
        flow = Through(0.0, None, day, 1)
    threshold = min(1.0, limits.threshold)
    return Observation(flow.share, threshold, flow.usual, flow.first_day, day, flow.postings, graded=grade)


def _is_material(state: CustomerState, posting: Posting, limits: DetectorLimit) -> bool:
    """Whether one payment is large enough, and the customer known well enough, to speak of it."""
    return posting.amount_minor >= limits.floor_minor and (state.is_known(posting.day) or state.woke_day > 0)


DETECTOR = Detector(
    id=ID,
    question="Does money leave as fast as it comes?",
    question_zh="该客户资金是否快进快出、过渡性明显？",
    typology="pass-through account (资金快进快出)",
    unit="ratio",
    explain="{observed} of money that came in during {window} has left again, which is unusual for this customer "
    "({count} postings); the limit is {threshold}.",
    explain_zh="{window}转入资金的{observed}已转出，对该客户而言异常（共{count}笔）；上限为{threshold}。",
    source="KYC review of where money comes from and goes to (资金流向的来龙去脉); pass-through accounts, FATF typologies",
    runbook="1. Pair the money in with the money out. 2. Who stands at both ends? "
    "3. Does the customer gain anything but a fee? 4. Consider holding the next payment.",
    observe=observe,
    fires=Story(
        "120,000 come in from a stranger and 115,000 leave the same evening.",
        (
            *ORDINARY,
            *paid_in(120_000, 0, who="stranger", hour=9),
            *paid_out(115_000, 0, who="other", hour=19),
        ),
    ),
    near_miss=Story(
        "The salary comes, and most of it goes to the landlord and into savings.",
        (*ORDINARY, *paid_in(9_000, 0, who="employer", hour=9), *paid_out(8_500, 0, who="savings", hour=19)),
    ),
)
