"""Does this customer move far more money than comparable customers do, and more than it used to?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.peers import key_of
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.story import ORDINARY, Story, paid_in, paid_out

ID: Final = "peer-outlier"
WINDOW_DAYS: Final = 30
"""As long as the month that the peers' figures are of."""
OWN_HABIT: Final = 2.0
"""So many times its own largest month, or what it declared for one, a customer has to move: who is large is no news."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """The volume of 30 days, against the median of the peers' and how their logarithms spread."""
    limits = rules.limits[ID]
    # What is so small hardly carries the sum over its floor.
    if posting.peers is None or posting.amount_minor * WINDOW_DAYS < limits.floor_minor:
        return None
    first, last = posting.day - WINDOW_DAYS + 1, posting.day
    moved = state.days.total(first, last)
    volume = moved.sum + posting.amount_minor
    if volume < limits.floor_minor:
        return None
    profile, month = state.profile_on(posting.day), rules.calendar.month(first)
    peers = posting.peers.peers_of(key_of(profile), rules.least_peers)
    own = max((one.in_sum + one.out_sum for one in state.months.each() if one.month < month), default=0)
    if peers is None or not own:
        return None
    known = max(own, profile.turnover_minor or 0, profile.income_minor or 0)
    return Observation(
        observed=volume,
        threshold=max(peers.limit_minor(limits.threshold), limits.floor_minor, OWN_HABIT * known),
        usual=own,
        first_day=first,
        last_day=last,
        count=moved.count + 1,
        peers=peers.median_minor,
        peer_group=str(peers),
    )


DETECTOR = Detector(
    id=ID,
    question="Does this customer move far more money than comparable customers do, and more than it used to?",
    question_zh="该客户的资金发生额是否显著高于同类客户，且高于其自身以往水平？",
    typology="different from other accounts (有别其他账户而存在显著的差异性特征)",
    unit="money",
    explain="{observed} moved in {window}; half of the comparable customers ({peer_group}) move at most {peers} in a "
    "month, the limit is {threshold}, and this customer's largest month before had {usual}.",
    explain_zh="{window}发生额{observed}；同类客户（{peer_group}）月发生额中位数为{peers}，上限为{threshold}，"
    "该客户此前最高月份为{usual}。",
    source="KYC identification: accounts markedly different from others (有别其他账户); robust z-score after Iglewicz and Hoaglin 1993",
    runbook="1. See what the customer declared: is it in the right industry and size? 2. List the largest postings of the "
    "30 days. 3. Ask what changed: an order, a sale, a new business. 4. Compare with two customers of the same kind.",
    observe=observe,
    fires=Story(
        "A shop whose like move 60,000 a month moves 2,400,000.",
        (
            *ORDINARY,
            *paid_in(200_000, *range(-11, 1, 2), who="buyer"),
            *paid_out(200_000, *range(-10, 1, 2), who="seller"),
        ),
        profile=Profile(kind="company", industry="retail", turnover_minor=8_000_000),
        peer_volume=60_000,
    ),
    near_miss=Story(
        "A shop whose like move 600,000 a month moves as much as they do.",
        (*ORDINARY, *paid_in(100_000, -9, -5, 0, who="buyer"), *paid_out(95_000, -8, -4, -1, who="seller")),
        profile=Profile(kind="company", industry="retail", turnover_minor=8_000_000),
        peer_volume=600_000,
    ),
)
