"""Is this customer suddenly using many accounts?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats.recent import ACCOUNTS
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "many-accounts"
WINDOW_DAYS: Final = 30
KNOWN_DAYS: Final = 60
"""So that most of a customer's old accounts have been seen before any is called new."""
MORE_THAN_USUAL: Final = 2.0


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Accounts used in 30 days of which most were first seen then, against those that were in use before.

    At most the 24 accounts that were used last are remembered.
    """
    limits, day = rules.limits[ID], posting.day
    if len(state.accounts) + 1 < limits.threshold or day - state.first_day < KNOWN_DAYS:
        return None
    if not state.first_day:
        return None
    first, since = day - WINDOW_DAYS + 1, state.accounts.first_day(posting.account)
    if since is not None and since < first:
        return None
    known = [row for row in state.accounts if row[0] != posting.account]
    new = 1 + sum(begun >= first for _, begun, _ in known)
    observed = 1 + sum(last >= first for _, _, last in known)
    if 2 * new <= observed:
        return None
    moved = state.days.total(first, day)
    if moved.sum + posting.amount_minor < limits.floor_minor:
        return None
    usual = sum(begun < first for _, begun, _ in known)
    return Observation(
        observed=observed,
        threshold=max(limits.threshold, MORE_THAN_USUAL * usual),
        usual=usual,
        first_day=first,
        last_day=day,
        count=moved.count + 1,
    )


DETECTOR = Detector(
    id=ID,
    question="Is this customer suddenly using many accounts?",
    question_zh="该客户近期是否突然启用多个账户？",
    typology="many accounts (频繁开立、使用多个账户)",
    unit="accounts",
    explain="{observed} accounts were used in {window}, most of them for the first time ({count} postings); before there were "
    "{usual}, the limit is {threshold} accounts.",
    explain_zh="{window}使用了{observed}个账户，其中多数为首次使用（共{count}笔）；此前有{usual}个，上限为{threshold}个账户。",
    source="opening and using many accounts: 2006 measures on suspicious transactions; FATF typologies on account mules",
    runbook="1. When and where was each account opened, and for what? 2. Does money go round between them? "
    "3. Who holds the cards and telephones? 4. Close what has no purpose.",
    needs=ACCOUNTS,
    observe=observe,
    fires=Story(
        "A person with one account uses four new ones within two weeks.",
        (*ORDINARY, *(a for n in range(4) for a in paid_in(9_000, 4 * n - 12, who=f"p{n}", account=f"B{n}"))),
    ),
    near_miss=Story(
        "A savings account and one for the rent are opened beside the old one.",
        (
            *ORDINARY,
            *paid_in(20_000, -8, who="savings", account="B1"),
            *paid_out(3_000, 0, who="landlord", account="B2"),
        ),
    ),
)
