"""Is this one posting far larger than this customer's postings are?"""

import math
from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.habits import probability
from monitor.stats.recent import ABOVE
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "single-amount"
QUANTILE: Final = 0.995


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """The amount, against the 99.5 % quantile of the customer's own amounts in that direction, and a share of T."""
    if posting.departure is None:
        return None
    limits = rules.limits[ID]
    habit = state.amounts_in if posting.inbound else state.amounts_out
    threshold = limits.share * (posting.reporting_minor or limits.floor_minor)
    if posting.amount_minor >= threshold:
        quantile = habit.quantile(QUANTILE)  # None: too few postings for a finding, not for the ranking
        threshold = math.inf if quantile is None else max(threshold, limits.threshold * quantile)
    if posting.amount_minor < threshold and not posting.is_ranked:
        return None
    grade = 0.0
    if state.is_known(posting.day):
        grade = probability(state.episode.log_odds(posting.departure, posting.at_s) / 2)
    return Observation(
        observed=posting.amount_minor,
        threshold=threshold,
        usual=habit.mean,
        first_day=posting.day,
        last_day=posting.day,
        count=1,
        evidence=(),
        graded=grade,
    )


DETECTOR = Detector(
    id=ID,
    question="Is this one posting far larger than this customer's postings are?",
    question_zh="该笔交易金额是否远大于该客户以往单笔金额？",
    typology="unusual single amount (单笔金额异常)",
    unit="money",
    explain="One posting of {observed} on {window}; this customer's usual posting in that direction is {usual}; "
    "the limit, set by their largest ones and by the reporting threshold, is {threshold}.",
    explain_zh="{window}单笔金额{observed}；该客户同方向单笔通常为{usual}，预警上限为{threshold}。",
    source="KYC review of amounts out of line with the customer's habit; own decayed 99.5 % quantile",
    runbook="1. Ask for the contract or invoice behind the posting. 2. Compare with declared income or capital. "
    "3. Has the counterparty been seen before? 4. What happened to the money within three days?",
    family="amounts",
    needs=ABOVE,
    observe=observe,
    fires=Story(
        "A person who never paid more than the rent pays 400,000.",
        (*ORDINARY, *paid_out(400_000, 0, who="x")),
    ),
    near_miss=Story("Twice the salary comes in.", (*ORDINARY, *paid_in(18_000, 0, who="employer"))),
)
