"""Does this customer suddenly prefer cash?"""

from statistics import median
from typing import Final

from monitor.customer_state import DAYS_KEPT, CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import recent
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "cash-preference"
WINDOW_DAYS: Final = DAYS_KEPT
"""Five weeks: in a shorter window a monthly salary can be missing, and what is spent of it in cash looks like all there is."""
LEAST_MONTHS: Final = 2
LEAST_MAD: Final = 0.1
"""Shares of value move by a tenth for no reason; and a few months say less about it than many, see `1 + 1 / months`."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Cash in five weeks' value as a share, against the median share of earlier months plus k deviations."""
    limits = rules.limits[ID]
    first, last = posting.day - WINDOW_DAYS + 1, posting.day
    cash = state.cash_days.total(first, last)
    cash_sum = cash.sum + posting.amount_minor
    if cash_sum < limits.floor_minor:
        return None
    share = cash_sum / (state.days.total(first, last).sum + posting.amount_minor)
    if share < limits.threshold * LEAST_MAD and not posting.is_ranked:  # below any threshold
        return None
    month = rules.calendar.months[posting.day]
    shares = state.months.cash_shares_before(month)
    if len(shares) < LEAST_MONTHS:
        return None
    usual = median(shares)
    deviation = max(LEAST_MAD, median(abs(one - usual) for one in shares)) * (1 + 1 / len(shares))
    return Observation(
        observed=share,
        threshold=usual + limits.threshold * deviation,
        usual=usual,
        first_day=first,
        last_day=last,
        count=cash.count + 1,
        flags=recent.CASH,
    )


DETECTOR = Detector(
    id=ID,
    question="Does this customer suddenly prefer cash?",
    question_zh="该客户对现金的偏好度是否突然升高？",
    typology="preference for cash (对现金的偏好度)",
    unit="share",
    explain="{observed} of the value in {window} was cash ({count} cash postings); usually {usual}, the limit is {threshold}.",
    explain_zh="{window}现金交易金额占比为{observed}（现金{count}笔）；以往为{usual}，上限为{threshold}。",
    source="KYC identification: settlement habits including the preference for cash (对现金的偏好度)",
    runbook="1. Where does the cash come from, or go? 2. Which branches and machines? "
    "3. Does the occupation or industry handle cash? 4. Look for amounts just below the reporting threshold.",
    channels=frozenset({"cash"}),
    family="cash",
    observe=observe,
    fires=Story(
        "A person who hardly uses cash pays in 12,000 in notes every third day.",
        (*ORDINARY, *paid_in(12_000, *every(3, since=-18, until=0), channel="cash")),
    ),
    near_miss=Story(
        "Some more cash is withdrawn before a holiday.",
        (*ORDINARY, *paid_out(2_000, -3, 0, channel="cash")),
    ),
)
