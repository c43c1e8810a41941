"""Have the fixed partners been left for others?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import NOT_CARD, Detector, Observation
from monitor.flows import usual_novel_share
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.stats import recent
from monitor.story import ORDINARY, Story, every, paid_in, paid_out

ID: Final = "counterparty-drift"
WINDOW_WORKING_DAYS: Final = 10
"""短期: ten working days. In a longer window the old partners' last payments hide the new ones."""
LEAST_KNOWN_DAYS: Final = 60
LEAST_POSTINGS: Final = 4
LEAST_COUNTERPARTIES: Final = 3
"""One new partner is a new partner, not a change of partners."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Share of 10 working days' value with counterparties new to the customer, against the share in earlier months."""
    if posting.day - state.first_day < LEAST_KNOWN_DAYS:
        return None
    limits = rules.limits[ID]
    first, last = rules.calendar.start_of_window(posting.day, WINDOW_WORKING_DAYS), posting.day
    novel = state.novel_days.total(first, last)
    novel_sum = novel.sum + posting.amount_minor
    if novel_sum < limits.floor_minor or novel.count + 1 < LEAST_POSTINGS:
        return None
    known = state.counterparties
    if known.first_seen_since(first, last) + (posting.counterparty not in known) < LEAST_COUNTERPARTIES:
        return None
    usual = usual_novel_share(state, first, last)
    if usual is None:
        return None
    return Observation(
        observed=novel_sum / (state.days.total(first, last).sum + posting.amount_minor),
        threshold=usual + limits.threshold,
        usual=usual,
        first_day=first,
        last_day=last,
        count=novel.count + 1,
        flags=recent.NOVEL,
    )


DETECTOR = Detector(
    id=ID,
    question="Have the fixed partners been left for others?",
    question_zh="该客户原有的固定交易对手是否被其他对手取代？",
    typology="change of counterparties (交易客户对象是否固定)",
    unit="share",
    explain="{observed} of the value in {window} went to or came from counterparties first seen in the last 30 days; "
    "usually {usual}, the limit is {threshold}.",
    explain_zh="{window}与近30日新出现对手的交易金额占比为{observed}；以往为{usual}，上限为{threshold}。",
    source="KYC review of fixed counterparties (交易客户对象是否固定)",
    runbook="1. Who left and who came? 2. Has the business changed, or only the account's user? "
    "3. Compare with industry and scope. 4. Visit or call where the change has no reason.",
    channels=NOT_CARD,
    family="strangers",
    needs=recent.NOVEL,
    observe=observe,
    fires=Story(
        "A person's money suddenly goes to six new payees, 9,000 each, within three weeks.",
        (
            *ORDINARY,
            *(a for n in range(6) for a in paid_in(9_000, -18 + 3 * n, who="buyer")),
            *(a for n in range(7) for a in paid_out(9_000, -18 + 3 * n, who=f"new payee {n}")),
        ),
    ),
    near_miss=Story(
        "A tradesman is paid a few times for repairs, beside the usual payments.",
        (*ORDINARY, *paid_out(1_500, *every(6, since=-18, until=0), who="tradesman")),
    ),
)
