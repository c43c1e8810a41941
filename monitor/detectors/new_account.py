"""Does a young account move more than a new customer would?"""

from typing import Final

from monitor.customer_state import YOUNG_DAYS, CustomerState
from monitor.detector import Detector, Observation
from monitor.opening import declared_minor, is_passed_on, opened_day
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.stats.recent import YOUNG
from monitor.story import TODAY, Story, paid_in, paid_out

ID: Final = "new-account"
FIRST_DAYS: Final = 15
WINDOW_WORKING_DAYS: Final = 10
PARTS: Final = 50


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """What moved in the first 15 days; of a person in 90 days, what came from many payers and left within 10 working days."""
    limits, day, may_be_mule = rules.limits[ID], posting.day, rules.kind == "person" and not posting.inbound
    most_days = YOUNG_DAYS if may_be_mule else FIRST_DAYS
    least = limits.floor_minor if may_be_mule else limits.threshold * rules.minor
    if (state.first_day and day - state.first_day > most_days) or posting.amount_minor * PARTS < least:
        return None
    first, past = rules.calendar.start_of_window(day, WINDOW_WORKING_DAYS), least - posting.amount_minor
    if state.months.open_sum < past or state.days.total(min(first, day - FIRST_DAYS), day).sum < past:
        return None
    profile = state.profile_on(day)
    opened = opened_day(state, profile)
    if opened is None or not 0 <= day - opened <= most_days:
        return None
    is_new = day - opened <= FIRST_DAYS
    first = opened if is_new else max(opened, first)
    flow = state.days.total(first, day)
    threshold = max(limits.threshold * rules.minor, declared_minor(profile))
    if may_be_mule and is_passed_on(state, posting, flow, limits, first):
        threshold = min(threshold, limits.floor_minor)
    elif not is_new:
        return None
    return Observation(
        observed=flow.sum + posting.amount_minor,
        threshold=threshold,
        usual=None,
        first_day=first,
        last_day=day,
        count=flow.count + 1,
    )


DETECTOR = Detector(
    id=ID,
    question="Does a young account move more than a new customer would?",
    question_zh="新开账户是否在短期内发生与开户情况不符的大额资金收付？",
    typology="new account with large flows; mule account (新开账户短期内大额收付)",
    unit="money",
    explain="{observed} moved in {window} ({count} postings) through an account opened not long before; the limit is {threshold}.",
    explain_zh="新开立账户在{window}发生资金收付{observed}（共{count}笔）；上限为{threshold}。",
    source="newly opened accounts with large flows (新开账户, 2006 measures); mule accounts, FATF and Europol typologies",
    runbook="1. How was the account opened: in person, with which documents? 2. Does the flow fit what was said then? "
    "3. Who pays in, and is any payer known for complaints? 4. Was the account lent or sold: device, place, phone?",
    needs=YOUNG,
    amount_parts=PARTS,
    observe=observe,
    fires=Story(
        "A month after opening, eight strangers pay a person 8,000 each, and it leaves the next day.",
        (
            *(a for n in range(8) for a in paid_in(8_000, -1, who=f"payer {n}", hour=8 + n)),
            *paid_out(30_000, 0, who="a", hour=9),
            *paid_out(30_000, 0, who="b", hour=10),
        ),
        profile=Profile(kind="person", opened_day=TODAY - 30),
    ),
    near_miss=Story(
        "A firm's first fortnight: its capital is paid in, and machines are bought with it.",
        (*paid_in(900_000, -9, -8, who="founder"), *paid_out(700_000, -3, 0, who="machine works")),
        profile=Profile(kind="company", opened_day=TODAY - 14, capital_minor=200_000_000),
    ),
)
