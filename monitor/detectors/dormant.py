"""Has an account that slept for long woken up to large movements?"""

from typing import Final

from monitor.customer_state import DORMANT_DAYS, CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import WOKEN
from monitor.story import Story, every, paid_in, paid_out

ID: Final = "dormant"
WINDOW_WORKING_DAYS: Final = 10


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """What moved since the account woke, within 10 working days, after at least 180 days of silence."""
    woke = state.woke_day
    if state.newest_day and posting.day - state.newest_day >= DORMANT_DAYS:
        woke = posting.day
    first = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS)
    if not first <= woke <= posting.day:
        return None
    limits = rules.limits[ID]
    moved = state.days.total(woke, posting.day)
    return Observation(
        observed=moved.sum + posting.amount_minor,
        threshold=limits.threshold * rules.minor,
        usual=0.0,
        first_day=woke,
        last_day=posting.day,
        count=moved.count + 1,
    )


DETECTOR = Detector(
    id=ID,
    question="Has an account that slept for long woken up to large movements?",
    question_zh="长期闲置的账户是否突然启用并发生大额资金收付？",
    typology="dormant account reactivated (长期闲置账户突然启用)",
    unit="money",
    explain="{observed} moved in {window} ({count} postings) after at least 180 days without any posting; "
    "the limit is {threshold}.",
    explain_zh="账户闲置至少180天后，{window}发生资金收付{observed}（共{count}笔）；上限为{threshold}。",
    source="长期闲置的账户突然启用 (2006 measures on suspicious transactions); 短期 is 10 working days",
    runbook="1. Who woke the account, from where, by which channel? 2. Is the customer reachable and aware? "
    "3. Was the identity record renewed? 4. Where does the money go?",
    needs=WOKEN,
    observe=observe,
    fires=Story(
        "After most of a year of silence 60,000 come in twice and leave.",
        (
            *paid_in(500, *every(20, since=-380, until=-300), who="shop"),
            *paid_in(60_000, -3, -1, who="stranger"),
            *paid_out(90_000, 0, who="other"),
        ),
    ),
    near_miss=Story(
        "After most of a year of silence an old account is used for small things again.",
        (*paid_in(500, *every(20, since=-380, until=-300), who="shop"), *paid_in(800, -3, -1, 0, who="shop")),
    ),
)
