"""Is money moved again and again with one counterparty, or back and forth?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import WINDOW_WORKING_DAYS
from monitor.lately import busiest_rate, kept_on, names_with
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import INBOUND, NOVEL
from monitor.stats.robust import upper_limit_of_rate
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "repeated-pair"
SHORT_DAYS: Final = 3
EACH_WAY: Final = 2
Z: Final = 1.0
PARTS: Final = 10
"""A posting below so small a part of the floor is not asked about: the larger ones tell."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings with this counterparty: in 10 working days with a new one, in 3 days when at least 2 each way with any.

    Held against the customer's busiest regular partner, known for 30 days or more. Counted among the newest postings.
    """
    limits, key, day = rules.limits[ID], posting.counterparty, posting.day
    if key is None:
        return None
    row = state.counterparties.seen(key)
    if row is None or row.in_count + row.out_count + 1 < limits.threshold:
        return None
    first = day - SHORT_DAYS + 1
    if posting.flags & NOVEL:
        first = rules.calendar.start_of_window(day, WINDOW_WORKING_DAYS)
    elif row.last_in_day < first or row.last_out_day < first:
        return None
    ways, moved = [int(not posting.inbound), int(posting.inbound)], posting.amount_minor
    for flags, amount_minor, other in kept_on(state, first, day):
        if other == key:
            ways[flags & INBOUND] += 1
            moved += amount_minor
    if moved < limits.floor_minor or not (posting.flags & NOVEL or min(ways) >= EACH_WAY):
        return None
    usual = busiest_rate(state, day) * (day - first + 1)
    count, threshold = sum(ways), max(limits.threshold, upper_limit_of_rate(usual, Z) if usual else 0.0)
    evidence = names_with(state, key, first, day)
    return Observation(count, threshold, usual, first, day, count, evidence=evidence)


DETECTOR = Detector(
    id=ID,
    question="Is money moved again and again with one counterparty, or back and forth?",
    question_zh="该客户是否与同一对手反复交易或资金来回划转？",
    typology="repeated and reciprocal transfers (与同一对手频繁交易, 资金来回划转)",
    unit="postings",
    explain="{observed} postings with one counterparty in {window}; this customer's busiest regular partner has {usual} in as "
    "long a time, the limit is {threshold}.",
    explain_zh="{window}与同一对手发生{observed}笔交易；该客户往来最频繁的固定对手同期约{usual}笔，上限为{threshold}笔。",
    source="the same payer and payee more than three times within ten working days (短期内相同收付款人之间频繁发生资金收付, 2006 measures)",
    runbook="1. Who is the counterparty, and since when are they known? 2. Does each payment have its own reason? "
    "3. Does the money end where it began? 4. Look at the counterparty's side, if it is our customer.",
    channels=NOT_CARD,
    family="pace",
    amount_parts=PARTS,
    observe=observe,
    fires=Story(
        "Somebody new is paid 6,000 on each of eight days.",
        (*ORDINARY, *paid_out(6_000, *every(1, since=-7, until=0), who="agent")),
    ),
    near_miss=Story(
        "A friend borrows some money and gives it back a week later, and borrows again.",
        (*ORDINARY, *paid_out(8_000, -8, 0, who="friend"), *paid_in(8_000, -1, who="friend")),
    ),
)
