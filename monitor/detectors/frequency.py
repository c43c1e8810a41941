"""Is this customer making many more postings today than usual?"""

from typing import Final

from monitor.customer_state import DAYS_KEPT, CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.robust import least_limit_of_counts, upper_limit_of_counts
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "frequency"
LEAST_DAYS: Final = 8
OFTEN_A_DAY: Final = 3
"""频繁: three postings a day or more, in the definitions of 2006."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Today's postings, against the counts of the active days in the last five weeks."""
    limits = rules.limits[ID]
    day = posting.day
    observed = state.days.count_of(day) + 1
    if observed < max(OFTEN_A_DAY, least_limit_of_counts(limits.threshold)):
        return None
    past = state.days.counts(day - DAYS_KEPT + 1, day - 1)
    if not state.is_known(day) or len(past) < LEAST_DAYS:
        return None
    usual = upper_limit_of_counts(past, limits.threshold)
    return Observation(
        observed=observed,
        threshold=max(usual.limit, OFTEN_A_DAY),
        usual=usual.usual,
        first_day=day,
        last_day=day,
        count=observed,
    )


DETECTOR = Detector(
    id=ID,
    question="Is this customer making many more postings today than usual?",
    question_zh="该客户今日交易笔数是否远多于平日？",
    typology="unusual frequency (资金交易的频繁程度)",
    unit="postings",
    explain="{observed} postings on {window}; a usual active day has {usual}, the limit for this customer is {threshold}.",
    explain_zh="{window}共发生{observed}笔交易；该客户活跃日通常为{usual}笔，其上限为{threshold}笔。",
    source="KYC review of frequency (资金交易的频繁程度); 频繁 is 3 or more a day (2006 definitions)",
    runbook="1. Look at the order and spacing of the day's postings. 2. Are the counterparties known? "
    "3. Is one amount split into many? 4. Was the device or channel a new one?",
    family="pace",
    day_parts=1,
    observe=observe,
    fires=Story(
        "A person with one or two postings a day makes twelve transfers of 2,000 in one day.",
        (
            *ORDINARY,
            *(act for n in range(12) for act in paid_out(2_000, 0, who=f"payee {n}", hour=9 + n / 2)),
        ),
    ),
    near_miss=Story(
        "The same person runs four errands and is paid back once.",
        (
            *ORDINARY,
            *(act for n in range(3) for act in paid_out(150, 0, channel="card", hour=10 + n)),
            *paid_in(400, 0, who="family"),
        ),
    ),
)
