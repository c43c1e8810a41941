"""How risky a customer is held to be, why, and what follows."""

import pytest

from agents.policies import read_policy
from monitor.policy import Policy
from monitor.policy_document import PolicyDocument
from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from schemas import RiskGradeChange
from tests.stories.bank import POLICY, ZONE, Bank, Fields, detectors_of, posting_of

_TEACHER: Fields = {
    "kind": "person",
    "risk_grade": "low",
    "country": "CN",
    "occupation": "teacher",
    "declared_monthly_income": "9000",
    "opened_on": "2015-06-01",
    "effective_from": "2025-11-03",
}
_ALARMING: tuple[Act, ...] = (
    *(act for n in range(8) for act in paid_in(15_000, 0, who=f"stranger {n}", hour=9 + n / 10)),
    *paid_out(110_000, 0, who="agent", hour=19),
)


def _change(bank: Bank, **record: object) -> RiskGradeChange | None:
    changes = bank.declare(**(_TEACHER | record)).risk_grades
    assert len(changes) <= 1
    return changes[0] if changes else None


def _live(bank: Bank, *acts: Act) -> list[RiskGradeChange]:
    changes = []
    for act in sorted(acts, key=lambda act: (act.day, act.hour)):
        bank.sent += 1
        changes += bank.post(posting_of(act, f"T{bank.sent}")).risk_grades
    return changes


def _because(change: RiskGradeChange | None) -> dict[str, int]:
    assert change is not None
    return {factor.explanation: factor.points for factor in change.factors}


def test_an_ordinary_person_stays_what_they_were_declared() -> None:
    bank = Bank()
    assert _change(bank) is None
    assert _live(bank, *ORDINARY) == []
    assert bank.state().assessment.score == 0


def test_a_domestic_pep_is_raised_and_a_foreign_one_is_of_the_highest_grade() -> None:
    domestic, foreign = _change(Bank(), is_pep=True), _change(Bank(), is_pep=True, country="FR")
    assert domestic is not None
    assert (domestic.previous_grade, domestic.grade, domestic.reason) == ("low", "medium", "record")
    assert foreign is not None
    assert foreign.grade == "high"
    assert _because(foreign) == {
        "A politically exposed person, or an associate of one.": 50,
        "Resident in another country (FR).": 10,
    }


@pytest.mark.parametrize(
    ("record", "grade"),
    [
        ({"list_tags": ["sanctions"]}, "high"),
        ({"country": "IR"}, "medium"),
        ({"occupation": "pawnbroker"}, None),
        ({"occupation": "pawnbroker", "country": "FR"}, "medium"),
        ({"opened_on": "2025-11-01"}, None),
        ({"beneficial_owners": ["C2", "C3", "C4", "C5"]}, None),
    ],
)
def test_what_the_record_says_decides(record: Fields, grade: str | None) -> None:
    change = _change(Bank(), **record)
    assert (change.grade if change else None) == grade


def test_an_assessment_never_lowers_what_was_declared() -> None:
    bank = Bank()
    assert _change(bank, risk_grade="high") is None
    assert _live(bank, *ORDINARY) == []
    (alert,) = bank.happen(*paid_out(260_000, 0, who="agent"))
    assert alert.risk_grade == "high"
    assert bank.state().assessment.assessed < 2


def test_a_declared_grade_that_is_lowered_lowers_the_grade_unless_the_score_says_otherwise() -> None:
    harmless, pep = Bank(), Bank()
    _change(harmless, risk_grade="high")
    _change(pep, risk_grade="high", is_pep=True)
    for bank, grade in ((harmless, "low"), (pep, "medium")):
        change = _change(bank, effective_from="2026-02-01", is_pep=bank is pep)
        assert change is not None
        assert (change.previous_grade, change.declared_grade, change.grade) == ("high", "low", grade)


def test_grave_alerts_raise_the_grade_and_the_next_posting_is_judged_by_it() -> None:
    bank = Bank()
    _change(bank)
    _live(bank, *ORDINARY)
    changes = _live(bank, *_ALARMING)
    assert [(change.previous_grade, change.grade, change.reason) for change in changes] == [
        ("low", "medium", "alert")
    ]
    assert _because(changes[0]) == {"Alerts, fading by half in 90 days.": changes[0].score}
    (alert,) = bank.happen(*paid_out(300_000, 1, who="agent"))
    assert alert.risk_grade == "medium"


def test_alerts_fade_and_the_review_lowers_the_grade_again() -> None:
    bank = Bank()
    _change(bank)
    (raised,) = _live(bank, *ORDINARY, *_ALARMING)
    assert raised.next_review_on is not None
    assert (raised.next_review_on - raised.assessed_on).days == 365  # type: ignore[operator]  # it has a date
    before_it = _live(bank, *paid_out(200, *every(30, since=30, until=364), channel="card"))
    assert before_it == []
    (lowered,) = _live(bank, *paid_out(200, 366, channel="card"))
    assert (lowered.previous_grade, lowered.grade, lowered.reason) == ("medium", "low", "review")
    assert lowered.score < raised.score


def test_an_alert_that_is_revised_in_its_band_counts_once() -> None:
    bank = Bank()
    _change(bank)
    _live(bank, *ORDINARY)
    bands = []
    for act in _ALARMING:
        bank.sent += 1
        bands += [alert.band for alert in bank.post(posting_of(act, f"T{bank.sent}")).alerts]
    points = {"low": 0, "medium": 5, "high": 12, "critical": 30}
    assert len(bands) > len(set(bands)), "one band is published more than once"
    assert bank.state().assessment.memory == 10 * points[bands[-1]]


def test_dealings_abroad_and_cash_are_seen_at_the_review() -> None:
    bank = Bank()
    _change(bank)
    _live(bank, *ORDINARY)
    changes = _live(
        bank,
        *paid_out(1_900, *every(10, since=0, until=725), who="partner", country="IR"),
        *paid_in(3_000, *every(10, since=5, until=725), channel="cash"),
    )
    assert [(change.grade, change.reason) for change in changes] == [("medium", "review")]
    assert _because(changes[0]) == {
        "Dealt with high-risk countries in the last 12 months: IR.": 15,
        "61% of the value of the kept months was cash.": 10,
        "50% of the newest 14 postings crossed the border.": 10,
    }


def test_a_customer_without_a_record_is_assessed_and_stays_medium() -> None:
    bank = Bank()
    assert _live(bank, *ORDINARY) == []
    assert bank.state().assessment.score == 10
    change = _change(bank)
    assert change is not None
    assert (change.previous_grade, change.grade, change.declared_grade) == ("medium", "low", "low")


def test_a_record_of_a_later_date_changes_the_grade_on_that_date() -> None:
    bank = Bank()
    _change(bank)
    _live(bank, *ORDINARY)
    assert _change(bank, list_tags=["sanctions"], effective_from="2026-03-10") is None
    assert _live(bank, *paid_out(180, 7, channel="card")) == []
    (change,) = _live(bank, *paid_out(180, 8, channel="card"))
    assert (change.grade, change.reason, str(change.assessed_on)) == ("high", "review", "2026-03-10")


def test_a_record_without_any_date_is_assessed_and_reviewed_with_the_first_posting() -> None:
    bank = Bank()
    changes = bank.declare(kind="person", list_tags=["watch"]).risk_grades
    assert [(change.grade, change.assessed_on, change.next_review_on) for change in changes] == [
        ("high", None, None)
    ]
    assert _live(bank, *paid_out(180, 0, channel="card")) == []
    assert bank.state().assessment.day > 0


def test_a_record_without_any_date_makes_nobody_new() -> None:
    bank = Bank()
    assert _change(bank, effective_from=None) is None
    assert bank.state().assessment.score == 0


def test_an_assessed_grade_asks_sooner() -> None:
    """Three deposits of 45,000 are below the low grade's threshold of 3.75 and above the high grade's of 2.25."""
    deposits = paid_in(45_000, -2, -1, 0, channel="cash")
    harmless, listed = Bank(), Bank()
    _change(harmless)
    _change(listed, list_tags=["sanctions"])
    for bank, finds in ((harmless, False), (listed, True)):
        bank.happen(*ORDINARY)
        assert ("structuring" in detectors_of(bank.happen(*deposits))) == finds


def test_the_policys_numbers_decide() -> None:
    document = POLICY.document.model_dump(mode="json")
    document["grading"]["customer"]["pep"] = 100
    changed = Bank(Policy(PolicyDocument.model_validate(document), ZONE))
    change = _change(changed, is_pep=True)
    assert change is not None
    assert (change.score, change.grade) == (100, "high")
    assert read_policy("cn-pboc", ZONE).document.grading.customer.pep == 50
