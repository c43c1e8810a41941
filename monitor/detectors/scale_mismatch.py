"""Does this company turn over more than its capital and its declared business explain?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.story import Story, every, paid_in, paid_out
from monitor.turnover import OVER_USUAL, SMALL, WINDOW_DAYS, moved, usual_month

ID: Final = "scale-mismatch"
MONTHS: Final = 3
"""Declared turnover of so many months, or capital so many times where no turnover is declared: a trader's capital comes
round about once a month, so capital alone says little."""


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """The larger of what came in and went out in 30 days, against capital or three months' declared turnover."""
    limits = rules.limits[ID]
    profile = state.profile_on(posting.day)
    capital, turnover = profile.capital_minor or 0, profile.turnover_minor
    scale = max(capital, MONTHS * turnover) if turnover else MONTHS * capital
    flow = moved(state, posting, max(limits.floor_minor, limits.threshold * scale)) if scale else None
    if flow is None:
        return None
    month = usual_month(state, posting.day)
    usual = None if month is None else max(month) / scale
    return Observation(
        observed=max(flow.in_sum, flow.out_sum) / scale,
        threshold=max(limits.threshold, OVER_USUAL * (usual or 0.0)),
        usual=usual,
        first_day=posting.day - WINDOW_DAYS + 1,
        last_day=posting.day,
        count=flow.count,
    )


_BUSINESS: Final = (
    *paid_in(20_000, *every(4, since=-180), who="client"),
    *paid_out(30_000, *every(7, since=-178), who="supplier"),
)
_TRADER: Final = Profile(
    kind="company", industry="trade", turnover_minor=20_000_000, capital_minor=50_000_000
)
DETECTOR = Detector(
    id=ID,
    question="Does this company turn over more than its capital and its declared business explain?",
    question_zh="该企业的交易规模是否与其注册资金、经营规模不一致？",
    typology="out of line with registered capital and scale (注册资金、经营范围、规模不一致)",
    unit="times",
    explain="Turnover in {window} is {observed} times the larger of registered capital and three months' declared turnover "
    "({count} postings); before, in as long a time, it was {usual} times; the limit is {threshold} times.",
    explain_zh="{window}交易额为注册资金与三个月申报营业额中较大者的{observed}倍（共{count}笔）；此前同样天数为{usual}倍，"
    "上限为{threshold}倍。",
    source="continuing review: transactions out of line with registered capital, business scope and scale (持续审查)",
    runbook="1. Ask for contracts, invoices and tax returns of the month. 2. Do staff and premises fit the turnover? "
    "3. Do goods move against the money? 4. Who owns the largest counterparties?",
    family="declared",
    amount_parts=SMALL,
    kinds=frozenset({"company"}),
    observe=observe,
    fires=Story(
        "A trader that declared 200,000 a month receives 750,000 within a week and passes it on.",
        (*_BUSINESS, *paid_in(250_000, -6, -3, -1, who="new client"), *paid_out(700_000, 0, who="agent")),
        profile=_TRADER,
    ),
    near_miss=Story(
        "The same trader has its best month: twice the declared turnover.",
        (*_BUSINESS, *paid_in(120_000, -6, -3, 0, who="client")),
        profile=_TRADER,
    ),
)
