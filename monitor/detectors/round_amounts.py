"""Has this customer begun to move round sums?"""

import math
from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.lately import kept_on
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import ROUND
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "round-amounts"
WINDOW_DAYS: Final = 7
Z: Final = 4.0
LEAST_KNOWN: Final = 20.0
"""Postings, faded, from which the customer's own share of round sums is known."""
PRIOR_ROUND, PRIOR_ALL = 1.0, 5.0
"""A fifth of anybody's postings may be round, as if five had been seen before."""
PARTS: Final = 10
"""A posting below so small a part of the floor is not asked about: the larger ones tell."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Round sums in 7 days if they are most of the value, against the customer's own share of round sums."""
    limits = rules.limits[ID]
    if not state.is_known(posting.day):
        return None
    first = posting.day - WINDOW_DAYS + 1
    moved = state.days.total(first, posting.day).sum + posting.amount_minor
    known, known_round = state.leanings.all, state.leanings.round
    if moved < limits.floor_minor or known < LEAST_KNOWN:
        return None
    count, rounds, rounds_sum = 0, 0, posting.amount_minor
    for flags, amount_minor, _ in kept_on(state, first, posting.day):
        count += 1
        if flags & ROUND:
            rounds += 1
            rounds_sum += amount_minor
    if rounds_sum < max(limits.floor_minor, limits.share * moved):
        return None
    usual = min(1.0, (max(0.0, known_round - rounds) + PRIOR_ROUND) / (max(0.0, known - count) + PRIOR_ALL))
    expected = usual * (count + 1)
    return Observation(
        observed=rounds + 1,
        threshold=max(limits.threshold, expected + Z * math.sqrt(expected * (1 - usual))),
        usual=expected,
        first_day=first,
        last_day=posting.day,
        count=count + 1,
        flags=ROUND,
    )


DETECTOR = Detector(
    id=ID,
    question="Has this customer begun to move round sums?",
    question_zh="该客户近期是否开始频繁发生整数金额交易？",
    typology="round sums (整数金额交易)",
    unit="postings",
    explain="{observed} of the newest {count} postings in {window} are round sums; {usual} would be usual for this customer, "
    "the limit is {threshold}.",
    explain_zh="{window}最近{count}笔交易中有{observed}笔为整数金额；按该客户习惯约{usual}笔，上限为{threshold}笔。",
    source="round sums without a price behind them: FFIEC BSA/AML manual, appendix F (red flags); whole thousands of the currency",
    runbook="1. Ask for the invoices: real prices are rarely round. 2. Same payee, or many? "
    "3. Is a larger sum split into round parts? 4. Compare with loans or deposits that are round by nature.",
    needs=ROUND,
    amount_parts=PARTS,
    observe=observe,
    fires=Story(
        "A person who seldom pays round sums pays 10,000 on each of seven days.",
        (*ORDINARY, *paid_out(10_000, *every(1, since=-6, until=0), who="agent")),
    ),
    near_miss=Story(
        "Somebody who always pays round sums does so this week.",
        paid_in(10_000, *every(1, since=-60, until=0), who="tenant"),
    ),
)
