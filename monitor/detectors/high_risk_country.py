"""Has this customer begun to deal with high-risk countries, or with new parties there?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.counterparties import country_key, country_of
from monitor.stats.recent import FOREIGN, NOVEL
from monitor.story import ORDINARY, Story, every, paid_out

ID: Final = "high-risk-country"
WINDOW_DAYS: Final = 30
HABIT_DAYS: Final = 60
"""A country that was dealt with before for so long is part of the business; only new parties there are asked about."""
MOST_LISTED: Final = 2
"""Who dealt with more of them before deals with others by trade; the risk grade says so (`monitor.grading`)."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Postings with listed countries in 30 days, outside of relations that are long known, if their sum or the country matters."""
    country, day = posting.country, posting.day
    if country is None or country not in rules.lists.high_risk_countries:
        return None
    since = state.countries.first_day(country_key(country))
    if since is not None and day - since >= HABIT_DAYS and not _is_news(state, posting):
        return None
    limits, listed = rules.limits[ID], rules.lists.high_risk_countries
    first = day - WINDOW_DAYS + 1
    if sum(begun < first and country_of(key) in listed for key, begun, _ in state.countries) > MOST_LISTED:
        return None
    lately = state.risky_days.total(first, day)
    is_small = lately.sum + posting.amount_minor < limits.floor_minor
    if is_small and country not in rules.lists.call_for_action_countries:
        return None
    return Observation(
        observed=lately.count + 1,
        threshold=limits.threshold,
        usual=None,
        first_day=first,
        last_day=day,
        count=lately.count + 1,
        flags=FOREIGN,
    )


_ABROAD: Final = (*ORDINARY, *paid_out(15_000, *every(30, since=-180, until=0), who="factory", country="VN"))


def _is_news(state: CustomerState, posting: Posting) -> bool:
    """Whether the party is new, to a customer whose parties are mostly known."""
    return bool(posting.flags & NOVEL) and state.months.novel_sum * 2 < state.months.moved_sum


DETECTOR = Detector(
    id=ID,
    question="Has this customer begun to deal with high-risk countries, or with new parties there?",
    question_zh="该客户近期是否与高风险国家或地区发生资金往来？",
    typology="high-risk countries (高风险国家和地区)",
    unit="postings",
    explain="{observed} postings with parties in high-risk countries in {window}, together material or with one under a call "
    "for action, and this relation is new; the limit is {threshold}.",
    explain_zh="{window}与高风险国家或地区新建立往来，共{observed}笔，金额较大或涉及被呼吁采取行动的国家；上限为{threshold}笔。",
    source="FATF recommendation 19; the policy's `high_risk_countries` and `call_for_action_countries`",
    runbook="1. Who is paid or pays there, and for what? 2. Check parties and banks against sanctions lists. "
    "3. Ask for contract, invoice and customs papers. 4. Do the goods and their way fit the customer's trade?",
    channels=NOT_CARD,
    needs=FOREIGN,
    family="countries",
    observe=observe,
    fires=Story(
        "An ordinary person sends 18,000 to Myanmar twice in ten days.",
        (*ORDINARY, *paid_out(18_000, -9, 0, who="agent", country="MM")),
    ),
    near_miss=Story(
        "A factory in Viet Nam is paid as every month, and a journey there by card.",
        (*_ABROAD, *paid_out(3_000, -3, -2, channel="card", country="VN")),
    ),
)
