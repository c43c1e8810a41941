"""Are many hands paying in cash, each less than has to be reported?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.lately import kept_on
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import CASH, INBOUND, NOVEL
from monitor.story import ORDINARY, Story, every, paid_in

ID: Final = "smurfing"
WINDOW_WORKING_DAYS: Final = 10
_DEPOSIT: Final = CASH | INBOUND
_TURNS: Final = every(1, since=-120, until=0)


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Distinct cash depositors in 10 working days, each posting below T and together T or more.

    A part of them (the policy's `share`) has to be new: a firm's own cashiers are not. Counted among the newest postings.
    """
    reporting_minor = posting.reporting_minor
    if posting.counterparty is None or reporting_minor is None or posting.amount_minor >= reporting_minor:
        return None
    first = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS)
    deposits = state.cash_days.total(first, posting.day)
    limits, amount = rules.limits[ID], posting.amount_minor
    if deposits.in_sum + amount < reporting_minor or deposits.in_count + 1 < limits.threshold:
        return None
    new = NOVEL if state.is_known(posting.day) else 0  # to a customer of a few weeks everybody is new
    moved, count, newness = amount, 1, {posting.counterparty: posting.flags & new == new}
    for flags, amount_minor, key in kept_on(state, first, posting.day):
        if flags & _DEPOSIT == _DEPOSIT and key and amount_minor < reporting_minor:
            moved += amount_minor
            count += 1
            newness[key] = newness.get(key, False) or flags & new == new
    if moved < reporting_minor or sum(newness.values()) < limits.share * len(newness):
        return None
    return Observation(
        observed=len(newness),
        threshold=limits.threshold,
        usual=None,
        first_day=first,
        last_day=posting.day,
        count=count,
        flags=_DEPOSIT,
    )


DETECTOR = Detector(
    id=ID,
    question="Are many hands paying in cash, each less than has to be reported?",
    question_zh="是否有多人分头存入现金，且每笔均低于大额报告标准？",
    typology="smurfing (多人分散存现, 规避报告规定)",
    unit="counterparties",
    explain="In {window} {observed} counterparties paid in cash ({count} postings), each below the reporting threshold and "
    "together above it; the limit is {threshold} depositors.",
    explain_zh="{window}有{observed}个对手存入现金（共{count}笔），每笔均低于大额报告标准而合计超过；上限为{threshold}个。",
    source="smurfing, FATF and FFIEC typologies: structuring by several persons, 31 CFR 1010.314",
    runbook="1. Who are the depositors, and what do they say they paid for? 2. Same branch, same hour, same wording? "
    "3. Where does the money go? 4. Report the splitting even if each part is below the threshold.",
    direction="in",
    needs=CASH,
    family="strangers",
    observe=observe,
    fires=Story(
        "Six persons pay in 13,000 each in notes within a week.",
        (
            *ORDINARY,
            *(a for n in range(6) for a in paid_in(13_000, n - 5, who=f"carrier {n}", channel="cash")),
        ),
    ),
    near_miss=Story(
        "Six shop assistants take turns to bring the takings, as they have for months.",
        tuple(a for n in range(6) for a in paid_in(14_000, *_TURNS[n::6], who=f"clerk {n}", channel="cash")),
        kind="company",
    ),
)
