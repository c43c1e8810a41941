"""Does this customer move far more, or far more cash, than was expected when the account was opened?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.stats.recent import CASH
from monitor.story import ORDINARY, Story, paid_in, paid_out
from monitor.turnover import OVER_USUAL, SMALL, WINDOW_DAYS, moved, usual_month

ID: Final = "expected-activity"
LEAST_CASH_SHARE: Final = 0.25
"""An expected share of cash counts as no less: everybody takes some notes from a machine."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Volume in 30 days, or the share of cash in it, against what was expected: the one that is further away."""
    limits = rules.limits[ID]
    profile, day = state.profile_on(posting.day), posting.day
    volume, permille = profile.volume_minor, profile.cash_permille if posting.cash else None
    least = limits.threshold * volume if volume and permille is None else 0.0
    flow = moved(state, posting, max(limits.floor_minor, least)) if volume or permille is not None else None
    if flow is None:
        return None
    first, threshold, usual = day - WINDOW_DAYS + 1, limits.threshold, None
    observed, count, flags = flow.sum / volume if volume else 0.0, flow.count, 0
    if permille is not None:
        cash = state.cash_days.total(first, day)
        cash_sum = cash.sum + posting.amount_minor
        times = cash_sum / flow.sum / max(LEAST_CASH_SHARE, permille / 1000)
        if cash_sum >= limits.floor_minor and times > observed:
            observed, count, flags = times, cash.count + 1, CASH
    if observed < threshold and not posting.is_ranked:
        return None
    if volume and not flags:
        month = usual_month(state, day)
        usual = None if month is None else sum(month) / volume
        threshold = max(threshold, OVER_USUAL * (usual or 0.0))
    return Observation(observed, threshold, usual, first, day, count, flags=flags)


_OPENED: Final = Profile(kind="person", occupation="clerk", volume_minor=2_000_000, cash_permille=50)
DETECTOR = Detector(
    id=ID,
    question="Does this customer move far more, or far more cash, than was expected when the account was opened?",
    question_zh="该客户的交易量或现金占比是否远超开户时的预期？",
    typology="out of line with the purpose of the account (与开户目的、预期交易不符)",
    unit="times",
    explain="Volume, or the share of cash in it, was {observed} times what was expected in {window} ({count} postings); "
    "volume before, in as long a time: {usual} times; the limit is {threshold} times.",
    explain_zh="{window}交易量或现金占比为开户预期的{observed}倍（共{count}笔）；此前同样天数交易量为{usual}倍，上限为{threshold}倍。",
    source="acceptance: purpose of the account and expected activity are recorded (接受客户); FATF recommendation 10",
    runbook="1. What was said when the account was opened, and by whom? 2. What has changed: a new trade, a sale, others' money? "
    "3. For cash: which branches, which notes, paid in by whom? 4. Record the new expectation, or the doubt.",
    family="declared",
    amount_parts=SMALL,
    observe=observe,
    fires=Story(
        "A clerk who expected 20,000 a month moves 100,000 in a week.",
        (*ORDINARY, *paid_in(50_000, -3, who="stranger"), *paid_out(50_000, 0, who="agent")),
        profile=_OPENED,
    ),
    near_miss=Story(
        "The same clerk receives a bonus of two salaries and spends it.",
        (*ORDINARY, *paid_in(18_000, -3, who="employer"), *paid_out(4_000, 0, channel="card")),
        profile=_OPENED,
    ),
)
