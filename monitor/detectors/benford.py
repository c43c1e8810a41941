"""Are the first digits of this customer's amounts unlike those of grown numbers?"""

import math
from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.story import Story, paid_in

ID: Final = "benford"
LEAST_POSTINGS: Final = 50
DECADES: Final = 2.0
"""Amounts that span less have the first digits of their prices: that is no finding about anybody."""
EACH: Final = 16
"""Asked when a digit's count is a multiple of it: first digits change slowly."""
_EXPECTED: Final = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """χ² of the first digits of all amounts, old ones fading, against Benford's law."""
    digits, digit = state.shape.digits, int(str(posting.amount_minor)[0])
    if not digits or digits[digit - 1] % EACH != EACH - 1:
        return None
    limits, counts = rules.limits[ID], [*digits]
    total = sum(counts) + 1
    if total < LEAST_POSTINGS:
        return None
    if state.amounts_in.decades < DECADES and state.amounts_out.decades < DECADES:
        return None
    counts[digit - 1] += 1
    return Observation(
        observed=sum((n - total * p) ** 2 / (total * p) for n, p in zip(counts, _EXPECTED, strict=True)),
        threshold=limits.threshold,
        usual=None,
        first_day=min(state.first_day, posting.day),
        last_day=posting.day,
        count=total,
    )


DETECTOR = Detector(
    id=ID,
    question="Are the first digits of this customer's amounts unlike those of grown numbers?",
    question_zh="该客户交易金额的首位数字分布是否不自然？",
    typology="invented amounts (金额首位数字分布异常)",
    unit="chi-squared",
    explain="The first digits of {count} postings up to {window} depart from Benford's law by a χ² of {observed}; "
    "the limit is {threshold}.",
    explain_zh="截至{window}的{count}笔交易金额首位数字与本福特定律的χ²偏离为{observed}；上限为{threshold}。",
    source="Benford's law (Nigrini 2012); 15.507 is the 95 % quantile of χ² with 8 degrees of freedom",
    runbook="1. Which digits are too many? 2. Do prices, instalments or fees explain them? "
    "3. Look at the amounts themselves: invented, split or copied ones? 4. Compare with firms of the same trade.",
    amount_parts=1,
    observe=observe,
    fires=Story(
        "A firm's takings from 50 to 90,000 begin with 5 to 9 only.",
        tuple(
            a
            for n in range(-150, 16)
            for a in paid_in((5 + n % 5) * 10 ** (1 + n % 4) + 3, n, who=f"buyer {n % 9}")
        ),
        kind="company",
    ),
    near_miss=Story(
        "A firm's takings from 50 to 90,000 grow and shrink as numbers do.",
        tuple(
            a
            for n in range(-90, 16)
            for a in paid_in(round(50 * 10 ** (n * 0.7437 % 3.26), 2), n, who=f"buyer {n % 9}")
        ),
        kind="company",
    ),
)
