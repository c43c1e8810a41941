"""Are postings coming in a burst?"""

from typing import Final

from monitor.calendar import DAY_S, HOUR_S
from monitor.customer_state import DAYS_KEPT, CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import KEPT, REVERSED, WITHIN_HOUR
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, paid_out

ID: Final = "velocity"
ACTIVE_HOURS: Final = 8
Z: Final = 4.0


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings in the 60 minutes ending now, against the hourly rate of the last five weeks' busiest days.

    Counted among the newest postings; when all are in the hour, the hour's tile counts on.
    """
    since = posting.local_s - HOUR_S
    observed = 1 + sum(
        since < local_s <= posting.local_s and not flags & REVERSED
        for flags, local_s, _, _ in state.recent.figures()
    )
    if observed == 1:
        return None
    if observed > KEPT:
        observed = max(observed, state.hours[posting.hour].count + 1)
    limits = rules.limits[ID]
    if observed * 2 < limits.threshold:
        return None
    day = posting.day
    past = state.days.counts(day - DAYS_KEPT + 1, day - 1)
    usual = max(past) / ACTIVE_HOURS if past else None
    return Observation(
        observed=observed,
        threshold=max(limits.threshold, upper_limit_of_rate(usual, Z) if usual is not None else 0.0),
        usual=usual,
        first_day=since // DAY_S,
        last_day=day,
        count=observed,
    )


DETECTOR = Detector(
    id=ID,
    question="Are postings coming in a burst?",
    question_zh="该客户是否在短时间内密集发生交易？",
    typology="velocity; account takeover, mule account (短时间内密集交易)",
    unit="postings",
    explain="{observed} postings within one hour on {window}; this customer's busiest days have {usual} an hour, "
    "the limit is {threshold}.",
    explain_zh="{window}一小时内发生{observed}笔交易；该客户最繁忙日每小时约{usual}笔，上限为{threshold}笔。",
    source="KYC review of frequency (资金交易的频繁程度); bursts precede account takeover losses",
    runbook="1. Same device, same amounts, same payees? 2. Was the password or phone changed before? "
    "3. Call the customer on a number known earlier. 4. Hold further payments while in doubt.",
    family="pace",
    needs=WITHIN_HOUR,
    observe=observe,
    fires=Story(
        "Nine transfers leave within forty minutes at night.",
        (*ORDINARY, *(a for n in range(9) for a in paid_out(900, 0, who=f"p{n}", hour=2 + n * 0.07))),
    ),
    near_miss=Story(
        "Three purchases within an hour in a shopping street.",
        (*ORDINARY, *(a for n in range(3) for a in paid_out(120, 0, channel="card", hour=15 + n * 0.3))),
    ),
)
