"""Is money going to, or coming from, a country this customer never dealt with?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.counterparties import country_key
from monitor.stats.recent import FOREIGN
from monitor.story import ORDINARY, Story, paid_out

ID: Final = "new-country"
NEW_DAYS: Final = 7
"""A country is new for a week: a small payment to try the way does not make the large one after it a habit."""
KNOWN_DAYS: Final = 60
PAST_DAYS: Final = 180
MOST_NEW: Final = 2
"""Countries first met in the half year before: who met more meets new ones by trade."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """The amount, where the country was never seen before this week, against the customer's own amounts."""
    limits, day = rules.limits[ID], posting.day
    if posting.amount_minor < limits.floor_minor or posting.country is None:
        return None
    if not state.first_day or day - state.first_day < KNOWN_DAYS:
        return None
    since = state.countries.first_day(country_key(posting.country))
    if since is not None and day - since >= NEW_DAYS:
        return None
    begin = max(day - PAST_DAYS, state.first_day + KNOWN_DAYS)
    if sum(begin <= first < day - NEW_DAYS for _, first, _ in state.countries) > MOST_NEW:
        return None
    habit = state.amounts_in if posting.inbound else state.amounts_out
    return Observation(
        observed=posting.amount_minor,
        threshold=max(limits.floor_minor, limits.threshold * habit.mean),
        usual=habit.mean,
        first_day=day,
        last_day=day,
        count=1,
        evidence=(),
    )


DETECTOR = Detector(
    id=ID,
    question="Is money going to, or coming from, a country this customer never dealt with?",
    question_zh="该客户是否与从未往来过的国家或地区发生大额资金收付？",
    typology="change of geography (资金流向的来龙去脉)",
    unit="money",
    explain="{observed} on {window} to or from a country that was never dealt with before; this customer's usual posting "
    "in that direction is {usual}, the limit is {threshold}.",
    explain_zh="{window}与首次往来的国家或地区发生资金收付{observed}；该客户同方向单笔通常为{usual}，上限为{threshold}。",
    source="KYC review of where money comes from and goes to (资金流向的来龙去脉)",
    runbook="1. Who is there, and since when does the customer know them? 2. Ask for the papers behind the posting. "
    "3. Is the country on the way to another one? 4. Was the account taken over: who gave the order, from where?",
    channels=NOT_CARD,
    needs=FOREIGN,
    family="countries",
    observe=observe,
    fires=Story(
        "A person who never sent money abroad sends 60,000 to Cyprus.",
        (*ORDINARY, *paid_out(60_000, 0, who="broker", country="CY")),
    ),
    near_miss=Story(
        "A holiday in Japan is paid by card, and the hotel by transfer.",
        (
            *ORDINARY,
            *paid_out(900, -3, -2, -1, 0, channel="card", country="JP"),
            *paid_out(6_000, 0, who="hotel", country="JP"),
        ),
    ),
)
