"""Does a customer who is to be watched closely depart, be it by less than others would have to?"""

from typing import Final

from monitor.customer_state import CustomerState
from monitor.detector import Detector, Observation
from monitor.policy import Rules
from monitor.posting import Posting
from monitor.profile import Profile
from monitor.stats.counterparties import country_key
from monitor.stats.robust import upper_limit_of_sums
from monitor.story import ORDINARY, Story, paid_in, paid_out
from monitor.turnover import SMALL

ID: Final = "risk-grade"
LEAST_MONTHS: Final = 2


def observe(state: CustomerState, posting: Posting, rules: Rules) -> Observation | None:
    """Of PEPs, the listed and those of high grade: the day's sum against the largest day of the earlier months, or a first
    large posting with a country; what daily-volume asks of everybody with four deviations, this asks with two.
    """
    limits, day, inbound = rules.limits[ID], posting.day, posting.inbound
    today = state.days.directed_sum(day, inbound=inbound) + posting.amount_minor
    if today < limits.floor_minor or not state.is_known(day):
        return None
    if rules.grade != "high":
        profile = state.profile_on(day)
        if not (profile.is_pep or profile.list_tags):
            return None
    peaks = state.months.peaks_before(rules.calendar.months[day], inbound=inbound)
    if len(peaks) < LEAST_MONTHS:
        return None
    usual = upper_limit_of_sums(peaks, limits.threshold)
    observed, threshold = today, max(limits.floor_minor, usual.limit, *peaks)
    if posting.is_foreign and posting.country is not None and posting.channel != "card":
        since = state.countries.first_day(country_key(posting.country))
        material = limits.share * (posting.reporting_minor or 0)
        if (
            material
            and (since is None or since == day)
            and posting.amount_minor * threshold > observed * material
        ):
            observed, threshold = posting.amount_minor, material
    count = state.days[day].directed_count(inbound=inbound) + 1
    return Observation(observed, threshold, usual.usual, day, day, count, inbound=inbound)


_PEP: Final = Profile(
    kind="person", risk_grade="medium", occupation="official", income_minor=1_500_000, is_pep=True
)
DETECTOR = Detector(
    id=ID,
    question="Does a customer who is to be watched closely depart, be it by less than others would have to?",
    question_zh="重点关注客户（政要、名单或高风险）的交易是否偏离其自身习惯？",
    typology="enhanced scrutiny: politically exposed, listed or of the highest grade (强化尽职调查)",
    unit="money",
    explain="{observed} on {window} by a customer under enhanced scrutiny, above the largest days of earlier months (usually {usual}) or "
    "first with a country; the limit is {threshold}.",
    explain_zh="强化尽职调查客户{window}发生{observed}，超过以往各月最大单日金额（通常为{usual}）或首次与某国家或地区往来；上限为{threshold}。",
    source="enhanced scrutiny of politically exposed and high-risk customers (接受客户, 持续审查); FATF recommendation 12",
    runbook="1. Why is this customer watched: office, list, or grade? 2. Establish the source of these funds. "
    "3. Who is on the other side, and how related? 4. Have senior management decide on going on.",
    amount_parts=SMALL,
    observe=observe,
    fires=Story(
        "An official's account, with at most 9,000 in a day, receives 40,000.",
        (*ORDINARY, *paid_in(40_000, 0, who="consultancy")),
        profile=_PEP,
    ),
    near_miss=Story(
        "The same official is paid the salary and a small bonus, and pays the rent.",
        (*ORDINARY, *paid_in(12_000, 0, who="employer"), *paid_out(3_000, 0, who="landlord")),
        profile=_PEP,
    ),
)
