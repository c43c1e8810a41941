"""Does this customer live on cash, though nothing that was declared says so?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.stats.recent import CASH
from monitor.story import Story, every, paid_in, paid_out

ID: Final = "cash-intensive"
WINDOW_DAYS: Final = 30
PARTS: Final = 100
"""A posting below so small a part of the floor is not asked about: the larger ones tell."""
_TAKINGS: Final = (
    *paid_in(30_000, *every(2, since=-60, until=0), channel="cash"),
    *paid_out(100_000, *every(10, since=-60), who="partner"),
)


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Cash in 30 days' value as a share, against the declared share or the policy's `share`; who always lived on cash is meant, too."""
    limits = rules.limits[ID]
    first, last = posting.day - WINDOW_DAYS + 1, posting.day
    cash = state.cash_days.total(first, last)
    cash_sum = cash.sum + posting.amount_minor
    if cash_sum < limits.floor_minor or not state.is_known(posting.day):
        return None
    expected = _expected(state.profile_on(posting.day), rules, limits.share)
    if expected is None:
        return None
    return Observation(
        observed=cash_sum / (state.days.total(first, last).sum + posting.amount_minor),
        threshold=min(1.0, expected + limits.threshold),
        usual=expected,
        first_day=first,
        last_day=last,
        count=cash.count + 1,
        flags=CASH,
    )


def _expected(profile: Profile, rules: Rules, otherwise: float) -> float | None:
    """The share of cash to be expected of such a customer; None: of such a customer any."""
    if profile.cash_permille is not None:
        return profile.cash_permille / 1000
    is_cash = rules.lists.is_cash_industry
    return None if is_cash(profile.industry) or is_cash(profile.occupation) else otherwise


DETECTOR = Detector(
    id=ID,
    question="Does this customer live on cash, though nothing that was declared says so?",
    question_zh="该客户的现金交易是否与其申报情况或所属行业不符？",
    typology="cash-intensive business out of line with its scope (现金交易与经营范围、规模不符)",
    unit="share",
    explain="{observed} of the value in {window} was cash ({count} cash postings); {usual} is expected of such a customer, "
    "the limit is {threshold}.",
    explain_zh="{window}现金交易金额占比为{observed}（现金{count}笔）；此类客户预期为{usual}，上限为{threshold}。",
    source="transactions out of line with business scope and scale (与经营范围、规模不一致); cash-intensive businesses, FFIEC manual",
    runbook="1. What does the customer sell, and to whom? 2. Compare the takings with the size of the place and the season. "
    "3. Where is the cash paid in, and by whom? 4. Correct the KYC record, or ask for the books.",
    needs=CASH,
    family="cash",
    amount_parts=PARTS,
    observe=observe,
    fires=Story(
        "A consultancy pays in 30,000 in notes every other day.",
        _TAKINGS,
        profile=Profile(kind="company", industry="consultancy"),
    ),
    near_miss=Story(
        "A restaurant does.",
        _TAKINGS,
        profile=Profile(kind="company", industry="restaurant"),
    ),
)
