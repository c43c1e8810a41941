"""Are equal amounts moved again and again within a day?"""

from typing import Final

from monitor.calendar import DAY_S
from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.lately import kept_between
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import INBOUND, KEPT, WITHIN_DAY
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "equal-amounts"
WIDTH: Final = 1.1
"""Within a tenth of one another."""
Z: Final = 3.0


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings of 24 hours within a tenth of the posting, in its direction, against the share such amounts usually have.

    Counted among the newest postings: at most 15 with itself.
    """
    amount, limits = posting.amount_minor, rules.limits[ID]
    since = posting.local_s - DAY_S
    inbound, day, days = posting.inbound, posting.day, state.days
    moved = days.directed_sum(day, inbound=inbound) + days.directed_sum(day - 1, inbound=inbound)
    if moved + amount < limits.floor_minor or not state.is_known(day):
        return None
    if days.total(day - 1, day).directed_count(inbound=inbound) + 1 < limits.threshold:
        return None
    way = INBOUND if inbound else 0
    count, moved, all_count = 1, amount, 1
    for flags, other_minor, _ in kept_between(state, since + 1, posting.local_s + 1):
        if flags & INBOUND == way:
            all_count += 1
            if amount <= other_minor * WIDTH and other_minor <= amount * WIDTH:
                count += 1
                moved += other_minor
    if moved < limits.floor_minor:
        return None
    habit = state.amounts_in if inbound else state.amounts_out
    usual = habit.share_around(amount, count - 1, all_count - 1) * all_count
    threshold = max(limits.threshold, upper_limit_of_rate(usual, Z))
    first = (since + 1) // DAY_S
    return Observation(count, threshold, usual, first, day, all_count, inbound=inbound)


DETECTOR = Detector(
    id=ID,
    question="Are equal amounts moved again and again within a day?",
    question_zh="该客户是否在一日内多次发生金额相近的交易？",
    typology="equal amounts (短期内金额相近的多笔交易)",
    unit="postings",
    explain="{observed} of {count} postings in one direction on {window} are within a tenth of one another; {usual} would be "
    "usual, the limit is {threshold}.",
    explain_zh="{window}单向{count}笔交易中有{observed}笔金额相差不超过一成；按习惯约{usual}笔，上限为{threshold}笔。",
    source="splitting into equal parts (化整为零); equal amounts within a day, FATF typologies on structuring and mule accounts",
    runbook="1. Are the counterparties different, and known? 2. Is a larger sum behind them, and was it split? "
    "3. Does the customer sell something at one price? 4. Look for the same amounts at the counterparties.",
    family="pace",
    needs=WITHIN_DAY,
    amount_parts=KEPT + 1,
    observe=observe,
    fires=Story(
        "Seven payments of 4,900 to 5,100 leave on one day.",
        (*ORDINARY, *(a for n in range(7) for a in paid_out(4_900 + 33 * n, 0, who=f"payee {n}"))),
    ),
    near_miss=Story(
        "A course costs 5,000, and every month eight pupils pay it.",
        tuple(a for n in range(8) for a in paid_in(5_000, *every(30, since=-180, until=0), who=f"pupil {n}")),
    ),
)
