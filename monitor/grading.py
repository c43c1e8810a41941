"""The risk grade (洗钱风险等级): four factors and behaviour give points, points give a grade.

Customer, geography, business, industry: the factors of the PBoC's guideline of 2013 (no. 2); behaviour is what our own
alerts say. Every number stands in the policy's section `grading`; every point has its sentence. What the customer's
way of access says (non-face-to-face) would be part of `business`: no record or posting tells it.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, cast

from monitor.assessment import NEVER, RANK, effective_grade
from monitor.calendar import date_of
from monitor.customer_state import CustomerState
from monitor.policy import GRADES, Policy
from monitor.profile import Profile
from monitor.stats.counterparties import country_of
from monitor.stats.recent import FOREIGN
from schemas import RiskFactor, RiskGradeChange
from schemas.customer import RiskGrade

Reason = Literal["record", "alert", "review"]
FactorName = Literal["customer", "geography", "business", "industry", "behaviour"]
MOST: Final = 100
DEALINGS_DAYS: Final = 365
"""How long a country that was dealt with counts: 长期, one year in the definitions of 2006."""
LEAST_POSTINGS: Final = 5
"""Newest postings from which a share of them is given."""
_MONTHS_A_YEAR, _DAYS_A_YEAR = 12, 365


class Point(NamedTuple):
    """Points and their reason in both languages."""

    factor: FactorName
    points: int
    explanation: str
    explanation_zh: str


def reassess(
    state: CustomerState, customer_id: str, reason: Reason, policy: Policy
) -> RiskGradeChange | None:
    """Assess the customer as of their newest posting, or of their record before there is any; what changed, if anything.

    Changes `state.assessment` alone. Depends on the state and the policy, on no clock.
    """
    return reassess_on(state, state.newest_day or state.effective_day, customer_id, reason, policy)


def reassess_on(
    state: CustomerState, day: int, customer_id: str, reason: Reason, policy: Policy
) -> RiskGradeChange | None:
    """`reassess` as of a business date (day number)."""
    profile, mine = state.profile_on(day), state.assessment
    points = [point for point in points_of(state, day, policy) if point.points]
    mine.score = min(MOST, sum(point.points for point in points))
    mine.assessed = grade_of(mine.score, policy)
    grade = effective_grade(profile.risk_grade, mine.assessed)
    mine.day, mine.next_day = day, _next_review(state, day, grade, policy)
    before = RANK[profile.risk_grade] if mine.told < 0 else mine.told
    mine.told = RANK[grade]
    if mine.told == before:
        return None
    return RiskGradeChange(
        customer_id=customer_id,
        grade=grade,
        previous_grade=GRADES[before],
        declared_grade=cast("RiskGrade | None", profile.risk_grade),
        assessed_grade=GRADES[mine.assessed],
        score=mine.score,
        factors=[RiskFactor(**point._asdict()) for point in points],
        assessed_on=None if day == NEVER else date_of(day),
        next_review_on=None if mine.next_day == NEVER else date_of(mine.next_day),
        reason=reason,
        policy_id=policy.id,
        policy_version=policy.version,
    )


def remember_alert(state: CustomerState, day: int, before: int, band: int, policy: Policy) -> None:
    """Remember that an alert of a date rose from one band to another (indices into `BANDS`; -1: there was none)."""
    worth = policy.document.grading.behaviour
    points = (0, worth.medium, worth.high, worth.critical)
    more = points[band] - points[max(0, before)]
    if more > 0:
        state.assessment.remember(more, day, worth.half_life_days)


def grade_of(score: int, policy: Policy) -> int:
    """Index into `GRADES` for a score from 0 to 100."""
    cut_offs = policy.document.grading.cut_offs
    return (score >= cut_offs.medium) + (score >= cut_offs.high)


def points_of(state: CustomerState, day: int, policy: Policy) -> Iterator[Point]:
    """Every reason for points on a business date, in the order of the factors; the score is their sum, at most 100."""
    profile = state.profile_on(day)
    yield from _customer(state, profile, day, policy)
    yield from _geography(state, profile, day, policy)
    yield from _business(state, day, policy)
    yield from _industry(profile, policy)
    yield from _behaviour(state, day, policy)


def _next_review(state: CustomerState, day: int, grade: str, policy: Policy) -> int:
    """When the customer is looked at again: after the grade's months, or when a record that is known takes effect."""
    if day == NEVER:
        return NEVER
    months = getattr(policy.document.grading.review_months, grade)
    due: int = day + months * _DAYS_A_YEAR // _MONTHS_A_YEAR
    return min(due, state.effective_day) if state.effective_day > day else due


def _customer(state: CustomerState, profile: Profile, day: int, policy: Policy) -> Iterator[Point]:
    worth = policy.document.grading.customer
    if profile.kind == "company":
        yield Point("customer", worth.company, "A company.", "客户为公司。")
    elif profile.kind == "institution":
        yield Point("customer", worth.institution, "An institution.", "客户为机构。")
    if profile.is_pep:
        yield Point(
            "customer",
            worth.pep,
            "A politically exposed person, or an associate of one.",
            "客户为政治公众人物或其关联人。",
        )
    if profile.list_tags:
        yield Point("customer", worth.listed, "On a list that is watched.", "客户在监控名单上。")
    owners = len(profile.owners)
    if owners >= worth.owners:
        yield Point(
            "customer",
            worth.complex_ownership,
            f"Owned or controlled by {owners} beneficial owners.",
            f"受益所有人共{owners}名，股权或控制关系复杂。",
        )
    elif profile.kind == "company" and not owners:
        yield Point(
            "customer", worth.unknown_owners, "No beneficial owner is recorded.", "未登记受益所有人。"
        )
    since = profile.opened_day or state.first_day
    if since and 0 <= day - since < worth.new_account_days:
        yield Point(
            "customer",
            worth.new_account,
            f"A customer for less than {worth.new_account_days} days.",
            f"建立业务关系不足{worth.new_account_days}天。",
        )
    if not state.has_record:
        yield Point("customer", worth.no_record, "There is no KYC record.", "无客户身份资料。")
    elif profile.is_incomplete:
        yield Point(
            "customer",
            worth.incomplete_record,
            "Essential fields of the KYC record are missing.",
            "客户身份资料缺少必要信息。",
        )


def _geography(state: CustomerState, profile: Profile, day: int, policy: Policy) -> Iterator[Point]:
    worth, lists = policy.document.grading.geography, policy.lists
    country = profile.country
    if country in lists.high_risk_countries:
        points, english, chinese = worth.resides_high_risk, "a high-risk country", "高风险国家或地区"
    elif country in lists.offshore_countries:
        points, english, chinese = worth.resides_offshore, "an offshore centre", "离岸中心"
    elif country is not None and country != policy.home_country:
        points, english, chinese = worth.resides_abroad, "another country", "其他国家或地区"
    else:
        points, english, chinese = 0, "", ""
    if english:
        yield Point(
            "geography",
            points,
            f"Resident in {english} ({country}).",
            f"客户所在地为{chinese}（{country}）。",
        )
    seen = [country_of(key) for key, _, last in state.countries if day - last < DEALINGS_DAYS]
    risky = sorted(set(seen) & lists.high_risk_countries)
    if risky:
        named = ", ".join(risky)
        yield Point(
            "geography",
            worth.deals_high_risk,
            f"Dealt with high-risk countries in the last 12 months: {named}.",
            f"近12个月与高风险国家或地区有资金往来：{named}。",
        )
    offshore = sorted(set(seen) & lists.offshore_countries - lists.high_risk_countries)
    if offshore:
        named = ", ".join(offshore)
        yield Point(
            "geography",
            worth.deals_offshore,
            f"Dealt with offshore centres in the last 12 months: {named}.",
            f"近12个月与离岸中心有资金往来：{named}。",
        )


def _business(state: CustomerState, day: int, policy: Policy) -> Iterator[Point]:
    if not state.is_known(day):
        return
    worth = policy.document.grading.business
    months = list(state.months.each())
    moved = sum(month.in_sum + month.out_sum for month in months)
    cash = sum(month.cash_sum for month in months) / moved if moved else 0.0
    if cash >= worth.cash_share:
        yield Point(
            "business",
            worth.cash,
            f"{cash:.0%} of the value of the kept months was cash.",
            f"所存月份交易金额中现金占{cash:.0%}。",
        )
    flags = [row[0] for row in state.recent.figures()]
    abroad = sum(flag & FOREIGN > 0 for flag in flags) / max(1, len(flags))
    if len(flags) >= LEAST_POSTINGS and abroad >= worth.cross_border_share:
        yield Point(
            "business",
            worth.cross_border,
            f"{abroad:.0%} of the newest {len(flags)} postings crossed the border.",
            f"最近{len(flags)}笔交易中跨境交易占{abroad:.0%}。",
        )


def _industry(profile: Profile, policy: Policy) -> Iterator[Point]:
    worth, lists = policy.document.grading.industry, policy.lists
    if lists.is_high_risk_industry(profile.industry) or lists.is_high_risk_industry(profile.occupation):
        yield Point(
            "industry", worth.high_risk, "A high-risk industry or occupation.", "所属行业或职业为高风险。"
        )
    elif lists.is_cash_industry(profile.industry):
        yield Point("industry", worth.cash, "A cash-intensive industry.", "所属行业为现金密集型。")


def _behaviour(state: CustomerState, day: int, policy: Policy) -> Iterator[Point]:
    worth = policy.document.grading.behaviour
    left = min(worth.most, round(state.assessment.remembered(day, worth.half_life_days)))
    yield Point(
        "behaviour",
        left,
        f"Alerts, fading by half in {worth.half_life_days} days.",
        f"预警记录（每{worth.half_life_days}天减半）。",
    )
