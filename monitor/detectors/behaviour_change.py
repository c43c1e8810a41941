"""Has this customer's account begun another life?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.lately import flow_before, flow_with, largest_kept
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "behaviour-change"
WINDOW_WORKING_DAYS: Final = 10
PAST_DAYS: Final = 180
LEAST_PAST_DAYS: Final = 60
LEAST_POSTINGS: Final = 6
LEAST_OFTEN: Final = 10
"""Postings in the window from which there is another life, and from which their number can tell it."""
PARTS: Final = 20
"""A day below so small a part of the floor changes nobody's life, and is not asked about."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Sum or number of 10 working days in the posting's direction, as a multiple of as long a time in the half year before.

    One large posting is another question: at least half of the sum has to be in others.
    """
    limits, inbound = rules.limits[ID], posting.inbound
    today = state.days.directed_sum(posting.day, inbound=inbound) + posting.amount_minor
    first = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS)
    if today * PARTS < limits.floor_minor or first - state.first_day < LEAST_PAST_DAYS:
        return None
    now = flow_with(state, posting, first)
    if now.moved < limits.floor_minor or now.postings < LEAST_POSTINGS:
        return None
    past = flow_before(state, first, PAST_DAYS, rules, inbound=inbound)
    if past is None or past.days < LEAST_PAST_DAYS:
        return None
    as_long = now.days / past.days
    times = now.moved / max(past.moved * as_long, limits.floor_minor / limits.threshold)
    if now.postings >= LEAST_OFTEN:
        times = max(times, now.postings / max(past.postings * as_long, 1.0))
    if times >= limits.threshold and 2 * largest_kept(state, posting, first) > now.moved:
        return None
    return Observation(
        observed=times,
        threshold=limits.threshold,
        usual=1.0,
        first_day=first,
        last_day=posting.day,
        count=now.postings,
        inbound=inbound,
    )


DETECTOR = Detector(
    id=ID,
    question="Has this customer's account begun another life?",
    question_zh="该客户账户的交易行为是否与以往相比发生根本变化？",
    typology="change of behaviour (交易明显异于以往)",
    unit="times",
    explain="In one direction {observed} times as much or as often as in the half year before, during {window} "
    "({count} postings); the limit is {threshold} times.",
    explain_zh="{window}单向交易（共{count}笔）的金额或笔数为前半年同等时间的{observed}倍；上限为{threshold}倍。",
    source="ten times the level of half a year within ten working days, as bank rules of 2006 had it (短期内资金收付与以往明显不符)",
    runbook="1. When did it begin, and with which posting? 2. Has anything been declared since: work, business, sale? "
    "3. Who uses the account: device, place, phone? 4. Renew the KYC record before going on.",
    family="amounts",
    day_parts=PARTS,
    observe=observe,
    fires=Story(
        "A person who gets 9,000 a month is paid 30,000 every other day.",
        (*ORDINARY, *paid_in(30_000, *every(2, since=-12, until=0), who="trader")),
    ),
    near_miss=Story(
        "A flat is sold: one large sum comes in, and goes into savings.",
        (*ORDINARY, *paid_in(900_000, -1, who="buyer"), *paid_out(880_000, 0, who="savings")),
    ),
)
