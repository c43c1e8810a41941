"""Is an amount being split into postings just below the reporting threshold?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import recent
from monitor.story import ORDINARY, Story, paid_in

ID: Final = "structuring"
WINDOW_WORKING_DAYS: Final = 10
"""短期: ten working days, in the definitions of 2006."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings in one direction within [0.8 T, T) in 10 working days, if together they reach T."""
    limits = rules.limits[ID]
    inbound = posting.inbound
    first, last = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS), posting.day
    near = state.near_days.total(first, last)
    reporting_minor = posting.reporting_minor
    if reporting_minor is None or near.directed_sum(inbound=inbound) + posting.amount_minor < reporting_minor:
        return None
    observed = near.directed_count(inbound=inbound) + 1
    return Observation(
        observed=observed,
        threshold=limits.threshold,
        usual=None,
        first_day=first,
        last_day=last,
        count=observed,
        inbound=inbound,
        flags=recent.NEAR,
    )


DETECTOR = Detector(
    id=ID,
    question="Is an amount being split into postings just below the reporting threshold?",
    question_zh="该客户是否将大额资金拆分为多笔略低于报告标准的交易？",
    typology="structuring (规避报告规定, 化整为零)",
    unit="postings",
    explain="{observed} postings just below the reporting threshold in {window} (the limit is {threshold}), "
    "together above it.",
    explain_zh="{window}共有{observed}笔略低于大额交易报告标准的交易（上限为{threshold}笔），合计已超过该标准。",
    source="evading reporting rules (规避报告规定); structuring, 31 CFR 1010.314",
    runbook="1. Put the postings in order, with branch and machine. 2. Who paid them in? "
    "3. Is there a reason for several visits? 4. Report the structuring even if each part is below the threshold.",
    family="near T",
    needs=recent.NEAR,
    observe=observe,
    fires=Story(
        "Four cash deposits of 45,000 to 49,000 within eight days.",
        (*ORDINARY, *(a for n in range(4) for a in paid_in(49_000 - 1_300 * n, -6 + 2 * n, channel="cash"))),
    ),
    near_miss=Story(
        "Two cash deposits of 45,000, and a large one that is reported anyway.",
        (*ORDINARY, *paid_in(45_000, -4, 0, channel="cash"), *paid_in(80_000, -2, channel="cash")),
    ),
)
