"""Is this customer active at night, and never was before?"""

from typing import Final

from monitor.calendar import DAY_S, HOUR_S
from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import REVERSED
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, every, paid_out

ID: Final = "night"
FROM_HOUR, TO_HOUR = 22, 5
WINDOW_DAYS: Final = 7
LEAST_POSTINGS: Final = 40
"""Behind the customer's own hours: fewer say little of the rare ones."""
PRIOR_SHARE: Final = 0.05
PRIOR_POSTINGS: Final = 20
"""One posting of twenty may be at night, as if twenty had been seen before."""
Z: Final = 3.0
MOST_NIGHTS: Final = 3
"""Who makes one posting of three at night, or whose times of day are not told, is not asked about."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings from 22 to 5 o'clock in 7 days, the newest, against the share that the customer's own hours of the day have."""
    hour = posting.local_s // HOUR_S % 24
    if TO_HOUR <= hour < FROM_HOUR or not state.is_known(posting.day):
        return None
    limits = rules.limits[ID]
    cells = state.shape.hours
    total = sum(cells)
    if total < LEAST_POSTINGS:
        return None
    nights = sum(cells[FROM_HOUR:]) + sum(cells[:TO_HOUR]) + PRIOR_SHARE * PRIOR_POSTINGS
    if nights * MOST_NIGHTS > total:
        return None
    first = posting.day - WINDOW_DAYS + 1
    from_s, to_s = first * DAY_S, (posting.day + 1) * DAY_S
    count, at_night = 1, 1
    for flags, local_s, _, _ in state.recent.figures():
        if from_s <= local_s < to_s and not flags & REVERSED:
            count += 1
            at_night += not TO_HOUR <= local_s // HOUR_S % 24 < FROM_HOUR
    usual = nights / (total + PRIOR_POSTINGS) * count
    return Observation(
        observed=at_night,
        threshold=max(limits.threshold, upper_limit_of_rate(usual, Z)),
        usual=usual,
        first_day=first,
        last_day=posting.day,
        count=count,
    )


DETECTOR = Detector(
    id=ID,
    question="Is this customer active at night, and never was before?",
    question_zh="该客户是否一反常态在夜间频繁交易？",
    typology="unusual hours; account takeover, mule account (交易时段异常)",
    unit="postings",
    explain="{observed} of {count} postings in {window} were between 22 and 5 o'clock; {usual} would be usual for this "
    "customer, the limit is {threshold}.",
    explain_zh="{window}{count}笔交易中有{observed}笔发生在22时至次日5时；按该客户习惯约{usual}笔，上限为{threshold}笔。",
    source="KYC review of settlement habits; the customer's own hours of the day",
    runbook="1. Does the customer work or travel in another time zone? 2. Which device and place? "
    "3. Are the payees known? 4. Call the customer by day.",
    amount_parts=1,
    observe=observe,
    fires=Story(
        "Six transfers leave at three in the morning, in three nights.",
        (*ORDINARY, *(a for n in range(6) for a in paid_out(2_500, n // 2 - 2, who=f"p{n}", hour=3))),
    ),
    near_miss=Story(
        "A night nurse does what she always does after work.",
        (*ORDINARY, *paid_out(1_200, *every(2, since=-179, until=1), who="canteen", hour=23)),
    ),
)
