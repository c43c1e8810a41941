"""Does money leave as fast as it comes?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.tiles import Tile
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "pass-through"
SHORT_HOURS: Final = 24
LONG_DAYS: Final = 3
PAST_DAYS: Final = 30
OVER_USUAL: Final = 3.0
OVER_LARGEST_DAY: Final = 2.0
"""The money that came has to be thrice what usually comes in that time, and twice what came on the largest day of any
earlier month: a salary that is spent is no pass-through, nor is the thirteenth."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Out as a share of in, in the last 24 hours or 3 days, when unusually much came in; capped at 1."""
    if not (state.is_known(posting.day) or state.woke_day):
        return None
    limits = rules.limits[ID]
    first = posting.day - LONG_DAYS + 1
    flow = state.days.total(first, posting.day)
    if flow.in_sum < limits.floor_minor:
        return None
    past = state.days.total(first - PAST_DAYS, first - 1)
    usual_in = past.in_sum * LONG_DAYS / PAST_DAYS
    peaks = state.months.peaks_before(rules.calendar.month(posting.day), inbound=True)
    if flow.in_sum < max(OVER_USUAL * usual_in, OVER_LARGEST_DAY * max(peaks, default=0)):
        return None
    short = state.hours.total(posting.hour - SHORT_HOURS, posting.hour)
    ratio = _ratio(flow, posting)
    if short.in_sum >= limits.floor_minor:
        ratio = max(ratio, _ratio(short, posting))
    return Observation(
        observed=ratio,
        threshold=min(1.0, limits.threshold),
        usual=min(1.0, past.out_sum / past.in_sum) if past.in_sum else None,
        first_day=first,
        last_day=posting.day,
        count=flow.in_count + flow.out_count + 1,
    )


def _ratio(flow: Tile, posting: Posting) -> float:
    return min(1.0, (flow.out_sum + posting.amount_minor) / flow.in_sum)


DETECTOR = Detector(
    id=ID,
    question="Does money leave as fast as it comes?",
    question_zh="该客户资金是否快进快出、过渡性明显？",
    typology="pass-through account (资金快进快出)",
    unit="ratio",
    explain="{observed} of what came in during {window} has left again, and far more came in than usual "
    "({count} postings); the limit is {threshold}.",
    explain_zh="{window}转入资金的{observed}已转出，且转入金额远高于平时（共{count}笔）；上限为{threshold}。",
    source="KYC review of where money comes from and goes to (资金流向的来龙去脉); pass-through accounts, FATF typologies",
    runbook="1. Pair the money in with the money out. 2. Who stands at both ends? "
    "3. Does the customer gain anything but a fee? 4. Consider holding the next payment.",
    direction="out",
    observe=observe,
    fires=Story(
        "120,000 come in from a stranger and 115,000 leave the same evening.",
        (
            *ORDINARY,
            *paid_in(120_000, 0, who="stranger", hour=9),
            *paid_out(115_000, 0, who="other", hour=19),
        ),
    ),
    near_miss=Story(
        "The salary comes, and most of it goes to the landlord and into savings.",
        (*ORDINARY, *paid_in(9_000, 0, who="employer", hour=9), *paid_out(8_500, 0, who="savings", hour=19)),
    ),
)
