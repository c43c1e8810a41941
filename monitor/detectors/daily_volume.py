"""Is much more money moving today than on this customer's other days?"""

from typing import Final

from monitor.customer_state import DAYS_KEPT, CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.robust import median, upper_limit_of_sums
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "daily-volume"
LEAST_MONTHS: Final = 2
"""Earlier months from which their largest days speak alone: rent, salary and quarter-end are far above most days and no
departure; what is far above the largest day of a month is one."""
LEAST_DAYS: Final = 8
"""In a customer's second month: active days that the last five weeks must have, and be exceeded too."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Today's sum in the posting's direction, against the customer's own days and the largest days of 13 months."""
    limits = rules.limits[ID]
    inbound, day = posting.inbound, posting.day
    observed = state.days.directed_sum(day, inbound=inbound) + posting.amount_minor
    if observed < limits.floor_minor or not state.is_known(day):
        return None
    peaks = state.months.peaks_before(rules.calendar.months[day], inbound=inbound)
    if not peaks or observed < median(peaks):
        return None
    limit = upper_limit_of_sums(peaks, limits.threshold).limit
    if observed < limit:  # no finding, whatever the days of the last weeks say
        return None
    days = state.days.sums(day - DAYS_KEPT + 1, day - 1, inbound=inbound)
    if len(peaks) < LEAST_MONTHS:
        if len(days) < LEAST_DAYS:
            return None
        limit = max(limit, upper_limit_of_sums(days, limits.threshold).limit)
    return Observation(
        observed=observed,
        threshold=max(limit, limits.floor_minor),
        usual=median(days or peaks),
        first_day=day,
        last_day=day,
        count=state.days[day].directed_count(inbound=inbound) + 1,
        inbound=inbound,
    )


DETECTOR = Detector(
    id=ID,
    question="Is much more money moving today than on this customer's other days?",
    question_zh="该客户今日资金发生额是否远高于其平日水平？",
    typology="unusual volume (日平均发生额)",
    unit="money",
    explain="{observed} moved in one direction on {window} ({count} postings); a usual active day has {usual}, "
    "the limit for this customer is {threshold}.",
    explain_zh="{window}单边发生额{observed}（共{count}笔）；该客户活跃日通常为{usual}，其上限为{threshold}。",
    source="KYC review of daily average amounts (日平均发生额); robust z-score after Iglewicz and Hoaglin 1993",
    runbook="1. List the day's postings by size. 2. Ask what the largest is for, and whether it was announced. "
    "3. Compare with the declared income or turnover. 4. See where the money went in the next three days.",
    family="amounts",
    day_parts=1,
    observe=observe,
    fires=Story(
        "An ordinary person pays out 260,000 in one day.", (*ORDINARY, *paid_out(260_000, 0, who="agent"))
    ),
    near_miss=Story(
        "An ordinary person receives the yearly bonus.", (*ORDINARY, *paid_in(24_000, 0, who="employer"))
    ),
)
