"""Do companies that have nothing to do with this person pay them?"""

from typing import Final

from monitor.customer_state import NOVEL_DAYS, CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import WINDOW_WORKING_DAYS, kept_strangers
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.counterparties import NEVER
from monitor.stats.recent import ENTITY, INBOUND, NOVEL
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, paid_in

ID: Final = "unrelated-payers"
Z: Final = 2.0
"""Two deviations above the person's own rate of new payers: who is paid by somebody new every week is a freelancer."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Distinct payers with a legal form, new to the person, in 10 working days; at least so many (newest postings only)."""
    limits = rules.limits[ID]
    first = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS)
    payers, paid_minor = kept_strangers(state, posting, first, INBOUND | ENTITY | NOVEL)
    if paid_minor < limits.floor_minor:
        return None
    before = first - NOVEL_DAYS
    earlier = sum(before <= row.first_day < first and row.last_in_day > NEVER for row in state.counterparties)
    usual = earlier * (posting.day - first + 1) / NOVEL_DAYS
    return Observation(
        observed=len(payers),
        threshold=max(limits.threshold, upper_limit_of_rate(usual, Z) if usual else 0.0),
        usual=usual,
        first_day=first,
        last_day=posting.day,
        count=len(payers),
        inbound=True,
        flags=ENTITY | NOVEL,
    )


DETECTOR = Detector(
    id=ID,
    question="Do companies that have nothing to do with this person pay them?",
    question_zh="是否有多个与该个人客户无关的单位向其付款？",
    typology="unrelated third parties (与客户无关的第三方); private account for a company's money (公款私存)",
    unit="counterparties",
    explain="At least {observed} companies or bodies new to this person paid in during {window}; new payers of any kind "
    "are usually {usual}, the limit is {threshold}.",
    explain_zh="{window}至少有{observed}个新出现的单位对手向该个人付款；平时各类新付款人约{usual}个，上限为{threshold}个。",
    source="continuing review: unrelated third parties (与客户无关的第三方); payments from entities to persons, 2006 measures",
    runbook="1. What do the payers do, and who owns them? 2. What were the payments for: work, sales, loans, invoices? "
    "3. Does the person hold an office in one of them? 4. Where does the money go next?",
    direction="in",
    channels=NOT_CARD,
    needs=INBOUND | ENTITY | NOVEL,
    kinds=frozenset({"person"}),
    observe=observe,
    fires=Story(
        "Four trading companies pay an ordinary person 8,000 each within a week.",
        (*ORDINARY, *(a for n in range(4) for a in paid_in(8_000, n - 3, who=f"firm {n}", is_entity=True))),
    ),
    near_miss=Story(
        "The tax office pays back, a new employer pays, and friends settle a journey.",
        (
            *ORDINARY,
            *paid_in(6_000, -5, who="tax office", is_entity=True),
            *paid_in(11_000, -2, who="new employer", is_entity=True),
            *(act for n in range(3) for act in paid_in(900, n - 2, who=f"friend {n}")),
        ),
    ),
)
