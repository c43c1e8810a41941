"""Findings and alerts in words, English and Chinese. Every number has its unit."""

from typing import Final

from monitor.calendar import date_of
from monitor.customer_state import FindingMemo
from monitor.detector import UNIT_NAMES, Detector, Unit
from monitor.money import format_major, to_major
from monitor.policy import BANDS

_BANDS_ZH: Final = {"low": "低", "medium": "中", "high": "高", "critical": "紧急"}
NO_USUAL: Final = ("unknown", "未知")


def unit_name(unit: Unit, currency: str) -> str:
    """The unit as it stands in a finding: the currency code for money."""
    return UNIT_NAMES[unit][0].format(currency=currency)


def in_unit(value: float, unit: Unit, currency: str) -> float:
    """A value as it stands in a finding: money in major units, others to four decimals."""
    return to_major(value, currency) if unit == "money" else round(value, 4)


def window_text(first_day: int, last_day: int) -> str:
    """The days of a window, as `2026-03-02` or `2026-03-02 to 2026-03-09`."""
    first, last = date_of(first_day).isoformat(), date_of(last_day).isoformat()
    return last if first == last else f"{first} to {last}"


def explain(detector: Detector, memo: FindingMemo, currency: str) -> tuple[str, str]:
    """One sentence in English and one in Chinese."""
    window = window_text(memo.first_day, memo.last_day)
    texts = []
    for language, template in enumerate((detector.explain, detector.explain_zh)):
        usual = NO_USUAL[language] if memo.usual is None else _value(memo.usual, detector.unit, currency)
        texts.append(
            template.format(
                observed=_value(memo.observed, detector.unit, currency),
                threshold=_value(memo.threshold, detector.unit, currency),
                usual=usual,
                window=window if language == 0 else window.replace(" to ", "至"),
                count=memo.count,
            )
        )
    return texts[0], texts[1]


def summarise(band: int, score: float, explained: list[tuple[Detector, tuple[str, str]]]) -> tuple[str, str]:
    """The alert in one paragraph, the strongest finding first."""
    name = BANDS[band]
    questions = ", ".join(detector.id for detector, _ in explained)
    english = f"{name.capitalize()} ({score:.0f} of 100): {questions}. " + " ".join(
        text for _, (text, _zh) in explained
    )
    chinese = f"{_BANDS_ZH[name]}（{score:.0f}/100）：" + "".join(text for _, (_en, text) in explained)
    return english, chinese


def _value(value: float, unit: Unit, currency: str) -> str:
    if unit == "money":
        return format_major(value, currency)
    if unit in ("share", "ratio"):
        return f"{value:.0%}"
    return f"{value:.1f}".removesuffix(".0")
