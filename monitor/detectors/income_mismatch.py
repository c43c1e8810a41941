"""Does far more money leave than this person declared to earn?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.story import ORDINARY, Story, paid_in, paid_out
from monitor.turnover import OVER_USUAL, SMALL, WINDOW_DAYS, moved, usual_month

ID: Final = "income-mismatch"


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """What left in 30 days, in months of the income that was declared for the time."""
    limits = rules.limits[ID]
    income_minor = state.profile_on(posting.day).income_minor
    if not income_minor:
        return None
    flow = moved(state, posting, max(limits.floor_minor, limits.threshold * income_minor))
    if flow is None or flow.out_sum < limits.floor_minor:
        return None
    month = usual_month(state, posting.day)
    usual = None if month is None else month[1] / income_minor
    return Observation(
        observed=flow.out_sum / income_minor,
        threshold=max(limits.threshold, OVER_USUAL * (usual or 0.0)),
        usual=usual,
        first_day=posting.day - WINDOW_DAYS + 1,
        last_day=posting.day,
        count=flow.out_count,
        inbound=False,
    )


_CLERK: Final = Profile(kind="person", occupation="clerk", income_minor=900_000)
DETECTOR = Detector(
    id=ID,
    question="Does far more money leave than this person declared to earn?",
    question_zh="该客户的资金支出是否与其申报收入明显不符？",
    typology="out of line with identity and income (与身份、收入不符)",
    unit="times",
    explain="What left in {window} is {observed} times the declared monthly income ({count} postings); before, in as "
    "long a time, it was {usual} times; the limit is {threshold} times.",
    explain_zh="{window}支出金额为申报月收入的{observed}倍（共{count}笔）；此前同样天数为{usual}倍，上限为{threshold}倍。",
    source="continuing review: for persons, transactions out of line with identity, age and income (持续审查)",
    runbook="1. Is the declared income still true? Renew the record if not. 2. Where did the money come from: savings, a sale, "
    "a loan, others? 3. Who received it? 4. If it is not the customer's own, whose is it?",
    direction="out",
    family="declared",
    amount_parts=SMALL,
    kinds=frozenset({"person"}),
    observe=observe,
    fires=Story(
        "A clerk with a declared income of 9,000 sends 30,000 twice in a week.",
        (*ORDINARY, *paid_in(60_000, -5, who="stranger"), *paid_out(30_000, -4, 0, who="agent")),
        profile=_CLERK,
    ),
    near_miss=Story(
        "A clerk with the same income pays for a kitchen with savings.",
        (*ORDINARY, *paid_out(32_000, 0, who="joiner")),
        profile=_CLERK,
    ),
)
