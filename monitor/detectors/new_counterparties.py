"""Is this customer suddenly dealing with many people they never dealt with before?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import are_few, usual_novel_postings
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import recent
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "new-counterparties"
WINDOW_DAYS: Final = 7
PAST_DAYS: Final = 28
Z: Final = 3.0


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Counterparties first seen in the 7 days ending today, their share of value, and the weekly rate before."""
    limits = rules.limits[ID]
    first, last = posting.day - WINDOW_DAYS + 1, posting.day
    if are_few(state, posting, first, limits):
        return None
    known = state.counterparties
    observed = known.first_seen_since(first, last) + (posting.counterparty not in known)
    if observed < 2:  # noqa: PLR2004 - one stranger is nobody's departure
        return None
    novel = state.novel_days.total(first, last)
    if novel.sum + posting.amount_minor < limits.share * (
        state.days.total(first, last).sum + posting.amount_minor
    ):
        return None
    if novel.sum + posting.amount_minor < limits.floor_minor:
        return None
    usual = known.first_seen_since(first - PAST_DAYS, first - 1) * WINDOW_DAYS / PAST_DAYS
    if known.forgotten:
        usual = max(usual, usual_novel_postings(state, first, last, inbound=None))
    return Observation(
        observed=observed,
        threshold=max(limits.threshold, upper_limit_of_rate(usual, Z) if usual else 0.0),
        usual=usual,
        first_day=first,
        last_day=last,
        count=novel.count + 1,
        flags=recent.NOVEL,
    )


DETECTOR = Detector(
    id=ID,
    question="Is this customer suddenly dealing with many people they never dealt with before?",
    question_zh="该客户近期是否突然与大量陌生对手发生交易？",
    typology="fan-in / fan-out; mule account (分散转入或分散转出)",
    unit="counterparties",
    explain="{observed} counterparties were first seen in {window}, with most of the value of those days; "
    "usually {usual} a week, the limit is {threshold}.",
    explain_zh="{window}首次出现{observed}个交易对手，且占该期间金额的大部分；平时每周约{usual}个，上限为{threshold}个。",
    source="KYC review of fixed counterparties (交易客户对象是否固定)",
    runbook="1. List the counterparties first seen in the window. 2. Do they know each other, or share a bank or city? "
    "3. Is the money passed on? 4. Was the account advertised, lent or sold?",
    channels=NOT_CARD,
    family="strangers",
    needs=recent.NOVEL,
    observe=observe,
    fires=Story(
        "Seven strangers pay an ordinary person 3,000 each within a week.",
        (*ORDINARY, *(act for n in range(7) for act in paid_in(3_000, n - 6, who=f"stranger {n}"))),
    ),
    near_miss=Story(
        "One new supplier is paid every day of the week.",
        (*ORDINARY, *paid_out(3_000, *every(1, since=-6, until=0), who="tradesman")),
    ),
)
