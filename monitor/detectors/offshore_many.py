"""Do several new parties abroad, offshore or of many countries, stand on one side of this customer?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import kept_strangers
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.counterparties import country_key
from monitor.stats.recent import FOREIGN, NOVEL
from monitor.story import ORDINARY, Story, paid_in

ID: Final = "offshore-many"
WINDOW_DAYS: Final = 30
HABIT_DAYS: Final = 60
"""A country that was dealt with before for so long is part of the business; so long a customer has to be known."""
MORE_THAN_USUAL: Final = 2.0
"""Parties for each foreign country that was dealt with before: who trades with the world meets it anew."""
LEAST_COUNTRIES: Final = 3
"""So many foreign countries in the window make sources many that are not offshore."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Distinct new counterparties abroad on the posting's side in 30 days; at least so many (newest postings only)."""
    country, day = posting.country, posting.day
    if country is None:
        return None
    key, first = country_key(country), day - WINDOW_DAYS + 1
    since = state.countries.first_day(key)
    if day - state.first_day < HABIT_DAYS or (since is not None and day - since >= HABIT_DAYS):
        return None
    lists = rules.lists
    if country not in lists.offshore_countries and country not in lists.high_risk_countries:
        others = sum(last >= first and other != key for other, _, last in state.countries)
        if others + 1 < LEAST_COUNTRIES:
            return None
    limits = rules.limits[ID]
    parties, moved_minor = kept_strangers(state, posting, first, FOREIGN | NOVEL)
    if moved_minor < limits.floor_minor:
        return None
    inbound, count, flags = posting.inbound, len(parties), FOREIGN | NOVEL
    usual = sum(begun < first for _, begun, _ in state.countries)
    threshold = max(limits.threshold, MORE_THAN_USUAL * usual)
    return Observation(count, threshold, None, first, day, count=count, inbound=inbound, flags=flags)


DETECTOR = Detector(
    id=ID,
    question="Do several new parties abroad, offshore or of many countries, stand on one side of this customer?",
    question_zh="该客户是否与多个离岸或多国境外新对手发生资金往来？",
    typology="offshore sources (离岸账户), many foreign sources (多个境外来源)",
    unit="counterparties",
    explain="At least {observed} new counterparties abroad, offshore or of several countries, on one side in {window}; the limit "
    "is {threshold}.",
    explain_zh="{window}至少有{observed}个境外新对手与该客户同方向往来，涉及离岸地或多个国家和地区；上限为{threshold}个。",
    source="one foreign source and many residents, many foreign sources and one resident: 2006 measures on suspicious transactions",
    runbook="1. Who stands behind the parties: look for common owners, agents, addresses. 2. What is paid for, and where are the papers? "
    "3. Were the sums split below the reporting threshold? 4. Where does the money go next?",
    channels=NOT_CARD,
    needs=FOREIGN | NOVEL,
    family="countries",
    observe=observe,
    fires=Story(
        "Four companies in the British Virgin Islands and the Seychelles pay an ordinary person 15,000 each.",
        (
            *ORDINARY,
            *(a for n in range(4) for a in paid_in(15_000, n - 3, who=f"f{n}", country=("VG", "SC")[n % 2])),
        ),
    ),
    near_miss=Story(
        "A sister abroad pays twice, and a shop there pays back.",
        (
            *ORDINARY,
            *paid_in(15_000, -9, -2, who="sister", country="CA"),
            *paid_in(2_000, 0, who="shop", country="US"),
        ),
    ),
)
