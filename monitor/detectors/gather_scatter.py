"""Is money from many strangers gathered here and scattered to many others?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import link_grade, through_strangers
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import NOVEL, STRANGER
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "gather-scatter"
LEAST: Final = 0.01
"""Grades below this say nothing."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """New payers or new payees in 10 working days, the fewer of the two, if what came from the ones went to the others.

    The smaller of in and out is at least the policy's `share` of the larger. Below that it is graded by the odds that a
    posting with a stranger is a link of a chain (`monitor.stats.strangers`).
    """
    limits, day = rules.limits[ID], posting.day
    both = through_strangers(state, posting, rules, limits) if posting.flags & NOVEL else None
    if both is None and not posting.is_ranked:
        return None
    grade = link_grade(state, posting)
    if both is None:
        return Observation(0.0, limits.threshold, None, day, day, 1, graded=grade) if grade >= LEAST else None
    threshold, count = max(limits.threshold, both.limit), both.postings
    return Observation(
        both.fewer, threshold, both.usual, both.first_day, day, count, flags=NOVEL, graded=grade
    )


DETECTOR = Detector(
    id=ID,
    question="Is money from many strangers gathered here and scattered to many others?",
    question_zh="该客户是否从大量陌生对手归集资金后又分散转出给其他对手？",
    typology="gather-scatter (分散转入分散转出)",
    unit="counterparties",
    explain="In {window} at least {observed} counterparties never seen before paid in and as many were paid, about the same "
    "sum ({count} postings); usually {usual}, the limit is {threshold}.",
    explain_zh="{window}首次出现的转入对手和转出对手各不少于{observed}个，转入与转出金额相当（共{count}笔）；平时约{usual}个，上限为{threshold}个。",
    source="分散转入分散转出; gather-scatter pattern of laundering networks (Altman et al. 2023, Realistic synthetic "
    "financial transactions for anti-money laundering models)",
    runbook="1. Put payers and payees side by side, with times and amounts. 2. Is any of them on both sides, or our customer? "
    "3. What does the customer keep? 4. Consider holding the next payment.",
    channels=NOT_CARD,
    family="strangers",
    needs=STRANGER,
    observe=observe,
    fires=Story(
        "Seven strangers pay in 6,000 each, and seven others are paid about as much.",
        (
            *ORDINARY,
            *(a for n in range(7) for a in paid_in(6_000, n - 7, who=f"payer {n}")),
            *(a for n in range(7) for a in paid_out(5_800, n - 6, who=f"payee {n}")),
        ),
    ),
    near_miss=Story(
        "A journey with four friends: they pay their parts, and hotels and guides are paid.",
        (
            *ORDINARY,
            *(a for n in range(4) for a in paid_in(6_000, n - 7, who=f"friend {n}")),
            *(a for n in range(7) for a in paid_out(3_400, n - 6, who=f"hotel {n}")),
        ),
    ),
)
