"""Do this customer's amounts cluster just below the reporting threshold?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import leanings
from monitor.stats.recent import NEAR
from monitor.story import ORDINARY, Story, every, paid_in

ID: Final = "just-below"
WINDOW_DAYS: Final = 90
"""What the fading counts stand for: older postings count less and less, see `monitor/stats/leanings.py`."""
LEAST_POSTINGS: Final = 4.0
"""Faded: five or six, some of which are older than two months."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings in [0.9 T, T) among those in [0.5 T, 1.5 T), in deviations above what amounts that know no T give."""
    reporting_minor = posting.reporting_minor
    if reporting_minor is None or posting.amount_minor < leanings.BELOW * reporting_minor:
        return None
    below = state.leanings.below + 1
    if below < LEAST_POSTINGS:
        return None
    return Observation(
        observed=leanings.deviations(below, state.leanings.around + 1),
        threshold=rules.limits[ID].threshold,
        usual=None,
        first_day=posting.day - WINDOW_DAYS + 1,
        last_day=posting.day,
        count=round(below),
        flags=NEAR,
    )


DETECTOR = Detector(
    id=ID,
    question="Do this customer's amounts cluster just below the reporting threshold?",
    question_zh="该客户的交易金额是否集中于略低于大额报告标准的区间？",
    typology="amounts clustered below the threshold (规避报告规定)",
    unit="deviations",
    explain="About {count} postings around {window} lie within a tenth below the reporting threshold: {observed} standard "
    "deviations more than evenly spread amounts give; the limit is {threshold}.",
    explain_zh="{window}前后约{count}笔交易的金额位于报告标准以下一成之内，较金额自然分布高出{observed}个标准差；上限为{threshold}。",
    source="evading reporting rules (规避报告规定): avoidance over months, too slow for the count of ten working days; "
    "binomial test against log-uniform amounts",
    runbook="1. List the amounts from half to one and a half thresholds. 2. Is there a price or contract that explains them? "
    "3. Did the customer ask about the threshold? 4. Look at the same customer's other accounts and relatives.",
    needs=NEAR,
    family="near T",
    observe=observe,
    fires=Story(
        "Every other week for three months somebody brings 46,000 to 49,000 in notes.",
        (*ORDINARY, *(a for n in range(7) for a in paid_in(46_000 + 500 * n, 15 * (n - 6), channel="cash"))),
    ),
    near_miss=Story(
        "A trader's takings are 26,000 to 74,000, and some of them happen to lie there.",
        (
            *ORDINARY,
            *(
                a
                for n, day in enumerate(every(5, since=-120, until=0))
                for a in paid_in(26_000 + 2_000 * n, day, channel="cash")
            ),
            *paid_in(48_500, -33, -9, 0, channel="cash"),
        ),
    ),
)
