"""Is money from many strangers being collected here?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import degrees_of
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import NOVEL
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "fan-in"


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Distinct new payers in 10 working days while few are paid, against the customer's usual number of new payers."""
    limits = rules.limits[ID]
    degrees = degrees_of(state, posting, rules, limits)
    if degrees is None or degrees.others > max(limits.most, degrees.strangers // 2):
        return None
    flow = state.days.total(degrees.first_day, posting.day)
    if flow.in_sum + posting.amount_minor < limits.floor_minor:
        return None
    return Observation(
        observed=degrees.strangers,
        threshold=max(limits.threshold, degrees.limit),
        usual=degrees.usual,
        first_day=degrees.first_day,
        last_day=posting.day,
        count=flow.in_count + 1,
        inbound=True,
    )


DETECTOR = Detector(
    id=ID,
    question="Is money from many strangers being collected here?",
    question_zh="是否有大量陌生对手向该客户分散转入资金？",
    typology="fan-in (分散转入集中转出)",
    unit="counterparties",
    explain="{observed} payers never seen before paid in during {window}, while few were paid; usually {usual}, "
    "the limit is {threshold}.",
    explain_zh="{window}有{observed}个首次出现的对手分散转入，而转出对手很少；平时约{usual}个，上限为{threshold}个。",
    source="分散转入集中转出 (dispersed in, concentrated out); FATF typologies on mule accounts",
    runbook="1. Do the payers share a region, bank or wording? 2. Where does the money go next, and how fast? "
    "3. Ask the customer what was sold. 4. Look for complaints of fraud against the account.",
    direction="in",
    channels=NOT_CARD,
    family="strangers",
    needs=NOVEL,
    observe=observe,
    fires=Story(
        "Eight strangers pay an ordinary person 5,000 each in a week.",
        (*ORDINARY, *(a for n in range(8) for a in paid_in(5_000, n - 7, who=f"payer {n}"))),
    ),
    near_miss=Story(
        "Three friends pay back their part of a journey.",
        (
            *ORDINARY,
            *(a for n in range(3) for a in paid_in(5_000, n - 2, who=f"friend {n}")),
            *paid_out(200, 0),
        ),
    ),
)
