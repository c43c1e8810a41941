"""Does this customer, month by month, move far more money than comparable customers do?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.peers import figures_of, key_of
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.story import Story, every, paid_in, paid_out

ID: Final = "peer-outlier"
WINDOW_DAYS: Final = 30
"""As long as the month that the peers' figures are of."""
EXPLAINED: Final = 2.0
"""Times what was declared for a month: that comes in, and goes out again."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """The volume of 30 days, and of the month before, against the peers' median and how their logarithms spread."""
    limits = rules.limits[ID]
    if posting.peers is None:
        return None
    first, last = posting.day - WINDOW_DAYS + 1, posting.day
    moved = state.days.total(first, last)
    volume = moved.sum + posting.amount_minor
    if volume < limits.floor_minor:
        return None
    profile = state.profile_on(posting.day)
    peers = posting.peers.peers_of(key_of(profile), rules.least_peers)
    before = figures_of(state, rules.calendar.months[first] - 1)
    if peers is None or before is None:
        return None
    declared = EXPLAINED * max(profile.turnover_minor or 0, profile.income_minor or 0)
    limit = max(peers.limit_minor(limits.threshold), limits.floor_minor, declared)
    if before.volume_minor < limit:  # once: other detectors hold it against the customer's own habits
        return None
    return Observation(
        observed=volume,
        threshold=limit,
        usual=before.volume_minor,
        first_day=first,
        last_day=last,
        count=moved.count + 1,
        peers=peers.median_minor,
        peer_group=str(peers),
    )


DETECTOR = Detector(
    id=ID,
    question="Does this customer, month by month, move far more money than comparable customers do?",
    question_zh="该客户每月的资金发生额是否持续显著高于同类客户？",
    typology="different from other accounts (有别其他账户而存在显著的差异性特征)",
    unit="money",
    explain="{observed} moved in {window}; half of the comparable customers ({peer_group}) move at most {peers} in a "
    "month, the limit is {threshold}. In a month before this customer moved {usual}.",
    explain_zh="{window}发生额{observed}；同类客户（{peer_group}）月发生额中位数为{peers}，上限为{threshold}，"
    "该客户上一月份为{usual}。",
    source="KYC identification: accounts markedly different from others (有别其他账户); robust z-score after Iglewicz and Hoaglin 1993",
    runbook="1. See what the customer declared: is it in the right industry and size? 2. List the largest postings of the "
    "30 days. 3. What does its business have that others have not? 4. Compare with two customers of the same kind.",
    amount_parts=WINDOW_DAYS,  # what is so small hardly carries the sum over its floor
    observe=observe,
    fires=Story(
        "A shop whose like move 60,000 a month moves 2,000,000, in January as in February.",
        (*paid_in(200_000, *every(6, since=-48, until=0)), *paid_out(200_000, *every(6, since=-44))),
        profile=(shop := Profile(kind="company", industry="retail", turnover_minor=8_000_000)),
        peer_volume=60_000,
    ),
    near_miss=Story(
        "A shop whose like move 60,000 a month moves as much, and sells a house for 2,000,000.",
        (*paid_in(30_000, -70, -40), *paid_out(30_000, -68, -38), *paid_in(2_000_000, 0)),
        profile=shop,
        peer_volume=60_000,
    ),
)
