"""Is money being spread over many strangers from here?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import degrees_of
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import NOVEL
from monitor.story import ORDINARY, Story, paid_out

ID: Final = "fan-out"


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Distinct new payees in 10 working days while few pay in, against the customer's usual number of new payees."""
    limits = rules.limits[ID]
    degrees = degrees_of(state, posting, rules, limits)
    if degrees is None or degrees.others > max(limits.most, degrees.strangers // 2):
        return None
    flow = state.days.total(degrees.first_day, posting.day)
    if flow.out_sum + posting.amount_minor < limits.floor_minor:
        return None
    return Observation(
        observed=degrees.strangers,
        threshold=max(limits.threshold, degrees.limit),
        usual=degrees.usual,
        first_day=degrees.first_day,
        last_day=posting.day,
        count=flow.out_count + 1,
        inbound=False,
    )


DETECTOR = Detector(
    id=ID,
    question="Is money being spread over many strangers from here?",
    question_zh="该客户是否向大量陌生对手分散转出资金？",
    typology="fan-out (集中转入分散转出)",
    unit="counterparties",
    explain="{observed} payees never seen before were paid during {window}, while few paid in; usually {usual}, "
    "the limit is {threshold}.",
    explain_zh="{window}向{observed}个首次出现的对手分散转出，而转入对手很少；平时约{usual}个，上限为{threshold}个。",
    source="集中转入分散转出 (concentrated in, dispersed out); FATF typologies on layering",
    runbook="1. Where did the money come from? 2. Are the payees persons, and are the amounts alike? "
    "3. Is it a payroll that should have been declared? 4. Check the payees that are customers here.",
    direction="out",
    channels=NOT_CARD,
    family="strangers",
    needs=NOVEL,
    observe=observe,
    fires=Story(
        "An ordinary person pays eight strangers 5,000 each in a week.",
        (*ORDINARY, *(a for n in range(8) for a in paid_out(5_000, n - 7, who=f"payee {n}"))),
    ),
    near_miss=Story(
        "Three tradesmen are paid for a renovation.",
        (*ORDINARY, *(a for n in range(3) for a in paid_out(5_000, n - 2, who=f"tradesman {n}"))),
    ),
)
