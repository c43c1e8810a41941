"""Findings and alerts in words, English and Chinese. Every number has its unit."""

from typing import Final, cast

from monitor.calendar import date_of
from monitor.customer_state import CustomerState, FindingMemo
from monitor.detector import UNIT_NAMES, Documented, Unit
from monitor.money import format_major, to_major
from monitor.policy import BANDS
from monitor.profile import ALWAYS
from schemas import Finding, JudgedProfile
from schemas.customer import Kind

LEVELS_ZH: Final = {"low": "低", "medium": "中", "high": "高", "critical": "紧急"}
"""Bands of alerts, and grades of risk."""
NO_USUAL: Final = ("unknown", "未知")


def unit_name(unit: Unit, currency: str, *, chinese: bool = False) -> str:
    """The unit as it stands in a finding: the currency code for money."""
    return UNIT_NAMES[unit][chinese].format(currency=currency)


def in_unit(value: float, unit: Unit, currency: str) -> float:
    """A value as it stands in a finding: money in major units, others to four decimals."""
    return to_major(value, currency) if unit == "money" else round(value, 4)


def window_text(first_day: int, last_day: int) -> str:
    """The days of a window, as `2026-03-02` or `2026-03-02 to 2026-03-09`."""
    first, last = date_of(first_day).isoformat(), date_of(last_day).isoformat()
    return last if first == last else f"{first} to {last}"


def explain(detector: Documented, memo: FindingMemo, currency: str) -> tuple[str, str]:
    """One sentence in English and one in Chinese."""
    window = window_text(memo.first_day, memo.last_day)
    texts = []
    for language, template in enumerate((detector.explain, detector.explain_zh)):
        unknown = NO_USUAL[language]
        usual = unknown if memo.usual is None else _value(memo.usual, detector.unit, currency)
        texts.append(
            template.format(
                observed=_value(memo.observed, detector.unit, currency),
                threshold=_value(memo.threshold, detector.unit, currency),
                usual=usual,
                window=window if language == 0 else window.replace(" to ", "至"),
                count=memo.count,
                peers=unknown if memo.peers is None else _value(memo.peers, detector.unit, currency),
                peer_group=memo.peer_group or unknown,
            )
        )
    return texts[0], texts[1]


def summarise(band: int, score: float, findings: list[Finding]) -> tuple[str, str]:
    """The alert in one paragraph, the strongest finding first."""
    name = BANDS[band]
    questions = ", ".join(finding.detector for finding in findings)
    english = f"{name.capitalize()} ({score:.0f} of 100): {questions}. "
    chinese = f"{LEVELS_ZH[name]}（{score:.0f}/100）："
    english += " ".join(finding.explanation for finding in findings)
    chinese += "".join(finding.explanation_zh for finding in findings)
    return english, chinese


def judged_profile(state: CustomerState, day: int, currency: str) -> JudgedProfile | None:
    """The KYC record by which the customer was judged on a business date; None where there is none."""
    if not state.has_record:
        return None
    profile = state.profile_on(day)

    def major(amount_minor: int | None) -> float | None:
        return None if amount_minor is None else to_major(amount_minor, currency)

    return JudgedProfile(
        record="current" if profile.effective_day == state.effective_day else "previous",
        effective_from=None if profile.effective_day == ALWAYS else date_of(profile.effective_day),
        kind=cast(Kind, profile.kind),
        segment=profile.segment,
        country=profile.country,
        industry=profile.industry,
        occupation=profile.occupation,
        opened_on=None if profile.opened_day is None else date_of(profile.opened_day),
        currency=currency,
        declared_monthly_income=major(profile.income_minor),
        declared_monthly_turnover=major(profile.turnover_minor),
        registered_capital=major(profile.capital_minor),
        expected_monthly_volume=major(profile.volume_minor),
        expected_cash_share=None if profile.cash_permille is None else profile.cash_permille / 1000,
        is_pep=profile.is_pep,
        list_tags=list(profile.list_tags),
        group_id=profile.group_id,
    )


def _value(value: float, unit: Unit, currency: str) -> str:
    if unit == "money":
        return format_major(value, currency)
    if unit in ("share", "ratio"):
        return f"{value:.0%}"
    # Two decimals: 2.54 times is above a limit of 2.5, and a limit of 3.75 postings is not one of 3.8.
    return f"{value:.2f}".rstrip("0").removesuffix(".")
