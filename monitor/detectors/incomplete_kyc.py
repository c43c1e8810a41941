"""Is there no record, an unfinished one or an overdue one for a customer who moves a lot?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import ALWAYS, Profile
from monitor.story import ORDINARY, TODAY, Story, paid_in
from monitor.turnover import SMALL, WINDOW_DAYS, moved

ID: Final = "incomplete-kyc"
WITHOUT_RECORD: Final = 5
"""Times the floor where there is no record: perhaps nobody's was sent, and then only the largest are a finding."""
DAYS_A_MONTH: Final = 365 / 12


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Months since the record should have been there, whole, or renewed; only of customers who move what is large.

    Said once in the quiet period: until the record comes every posting would say the same.
    """
    limits, day = rules.limits[ID], posting.day
    said = state.raised.of(ID)
    if not state.first_day or (said is not None and day - said.day < rules.quiet[ID].days):
        return None
    flow = moved(state, posting, limits.floor_minor * (1 if state.has_record else WITHOUT_RECORD))
    if flow is None:
        return None
    profile = state.profile_on(day)
    if not state.has_record or profile.is_incomplete:
        since, allowed = max(profile.effective_day, state.first_day), limits.threshold
    else:
        since, allowed = profile.effective_day, float(rules.review_months)
    if since == ALWAYS:
        return None
    return Observation(
        observed=max(0, day - since) / DAYS_A_MONTH,
        threshold=allowed,
        usual=None,
        first_day=day - WINDOW_DAYS + 1,
        last_day=day,
        count=flow.count,
    )


def _recorded(days_ago: int) -> Profile:
    return Profile(TODAY - days_ago, "person", "medium", occupation="broker", income_minor=20_000_000)


DETECTOR = Detector(
    id=ID,
    question="Is there no record, an unfinished one or an overdue one for a customer who moves a lot?",
    question_zh="大额交易客户的身份资料是否缺失、不完整或逾期未更新？",
    typology="unfinished or outdated customer identification (客户身份资料缺失或逾期)",
    unit="months",
    explain="The KYC record has been missing, unfinished or without renewal for {observed} months; {threshold} months are "
    "allowed, and what moved in {window} is large ({count} postings).",
    explain_zh="客户身份资料缺失、不完整或未更新已达{observed}个月，允许期限为{threshold}个月；{window}交易金额较大（共{count}笔）。",
    source="records kept up to date (及时更新); review every 6, 12 and 24 months by grade, PBoC 2013 no. 2",
    runbook="1. Which is it: no record, missing fields, or an old one? 2. Ask the customer for what is missing. "
    "3. Explain the large movements with the new record. 4. Limit the account if the customer does not answer.",
    amount_parts=SMALL,
    observe=observe,
    fires=Story(
        "A broker of medium risk, whose record is 20 months old, receives 1,200,000.",
        (*ORDINARY, *paid_in(1_200_000, 0, who="client")),
        profile=_recorded(608),
    ),
    near_miss=Story(
        "The same with a record that was renewed half a year ago.",
        (*ORDINARY, *paid_in(1_200_000, 0, who="client")),
        profile=_recorded(180),
    ),
)
