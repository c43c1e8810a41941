"""What the customer declared, against what the customer does."""

from typing import Final

import pytest

from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank, Fields, detectors_of

_WHOLE: Final[Fields] = {
    "occupation": "clerk",
    "declared_monthly_income": "9000",
    "effective_from": "2025-12-01",
}
_SHOP: Final = (
    *paid_in(2_000, *every(2, since=-180), channel="cash"),
    *paid_in(20_000, *every(4, since=-179), who="client"),
    *paid_out(70_000, *every(14, since=-178), who="supplier"),
)


def _found(*acts: Act, past: tuple[Act, ...] = ORDINARY, record: Fields | None = None) -> set[str]:
    """What is found at the acts, given half a year of `past` and a record."""
    bank = Bank()
    if record is not None:
        bank.declare(**record)
    bank.happen(*past)
    return detectors_of(bank.happen(*acts))


@pytest.mark.parametrize(("income", "fires"), [("5000", True), ("9000", False), (None, False)])
def test_income_is_what_outflow_is_held_against(income: str | None, fires: bool) -> None:
    """30,000 and the month's usual 10,000 or so leave."""
    record: Fields = {"occupation": "clerk"}
    record |= {"declared_monthly_income": income} if income else {}
    assert ("income-mismatch" in _found(*paid_out(30_000, 0, who="joiner"), record=record)) == fires


def test_who_always_spent_more_than_declared_is_no_news() -> None:
    always = paid_out(9_000, *every(6, since=-180), who="family")
    assert "income-mismatch" not in _found(*paid_out(9_000, 0, who="family"), past=always, record=_WHOLE)
    assert "income-mismatch" in _found(*paid_out(45_000, 0, who="agent"), past=always, record=_WHOLE)


def test_income_is_asked_of_persons_and_scale_of_companies() -> None:
    numbers: Fields = {
        "declared_monthly_income": "100",
        "declared_monthly_turnover": "100",
        "registered_capital": "100",
    }
    large = (*paid_in(900_000, 0, who="x"), *paid_out(800_000, 0, who="y"))
    for kind, mine, other in (
        ("person", "income-mismatch", "scale-mismatch"),
        ("company", "scale-mismatch", "income-mismatch"),
    ):
        found = _found(*large, record=numbers | {"kind": kind})
        assert mine in found
        assert other not in found


@pytest.mark.parametrize(
    ("scale", "fires"),
    [
        ({"declared_monthly_turnover": "150000"}, True),
        ({"declared_monthly_turnover": "150000", "registered_capital": "2000000"}, False),
        ({"declared_monthly_turnover": "400000"}, False),
        ({"registered_capital": "200000"}, True),
        ({"registered_capital": "400000"}, False),
        ({}, False),
    ],
)
def test_a_companys_scale_is_its_capital_or_a_quarters_turnover(scale: Fields, fires: bool) -> None:
    """700,000 come in beside the usual 180,000 a month."""
    acts = paid_in(350_000, -1, 0, who="new client")
    found = _found(*acts, past=_SHOP, record=scale | {"kind": "company", "industry": "retail"})
    assert ("scale-mismatch" in found) == fires


def test_expected_volume_and_expected_cash_are_each_a_limit() -> None:
    volume = _found(*paid_in(90_000, 0, who="x"), record={"expected_monthly_volume": "30000"})
    cash = paid_in(35_000, 0, channel="cash")
    assert "expected-activity" in volume
    assert "expected-activity" in _found(*cash, record={"expected_cash_share": 0.1})
    assert "expected-activity" not in _found(*cash, record={"expected_cash_share": 0.5})
    assert "expected-activity" not in _found(*cash)


@pytest.mark.parametrize(("days_old", "fires"), [(300, False), (380, True)])
def test_a_record_is_overdue_after_the_months_of_its_grade(days_old: int, fires: bool) -> None:
    effective = {300: "2025-05-06", 380: "2025-02-15"}[days_old]
    acts = paid_in(1_200_000, 0, who="broker")
    record = _WHOLE | {"effective_from": effective, "declared_monthly_income": "900000"}
    for grade, overdue in (("medium", fires), ("low", False), ("high", True)):
        assert ("incomplete-kyc" in _found(*acts, record=record | {"risk_grade": grade})) == overdue


def test_a_missing_or_unfinished_record_matters_where_money_is_large() -> None:
    """From a million on, and where nothing was sent of the customer from five."""
    small, large, huge = (paid_in(amount, 0, who="x") for amount in (900_000, 1_200_000, 5_200_000))
    unfinished: Fields = {"kind": "person", "occupation": "clerk"}
    for acts, record, fires in (
        (small, unfinished, False),
        (large, unfinished, True),
        (large, _WHOLE, False),
        (large, None, False),
        (huge, None, True),
        (huge, _WHOLE, False),
    ):
        assert ("incomplete-kyc" in _found(*acts, record=record)) == fires


def test_an_unfinished_record_is_said_once_in_half_a_year() -> None:
    bank = Bank()
    bank.declare(kind="person")
    bank.happen(*ORDINARY)
    said = [
        alert.business_date
        for day in range(0, 240, 10)
        for alert in bank.happen(*paid_in(1_200_000, day, who="x"))
        if "incomplete-kyc" in detectors_of([alert])
    ]
    assert len(said) == 2
    assert (said[1] - said[0]).days == 180


@pytest.mark.parametrize(
    ("record", "fires"),
    [
        ({"is_pep": True}, True),
        ({"list_tags": ["adverse-media"]}, True),
        ({"risk_grade": "high"}, True),
        ({}, False),
        ({"risk_grade": "low"}, False),
    ],
)
def test_those_under_scrutiny_are_asked_at_what_others_may_do(record: Fields, fires: bool) -> None:
    """32,000 come in; the largest day of any month is that of the salary, 9,000."""
    found = _found(*paid_in(32_000, 0, who="friend"), record=_WHOLE | record)
    assert ("risk-grade" in found) == fires
    assert "daily-volume" not in found


def test_a_first_large_posting_abroad_of_somebody_under_scrutiny_is_asked_about() -> None:
    pep = _WHOLE | {"is_pep": True}
    past = (*ORDINARY, *paid_out(50_000, *every(30, since=-170), who="bank"))
    abroad = paid_out(60_000, 0, who="x", country="FR")
    assert "risk-grade" in _found(*abroad, past=past, record=pep)
    assert "risk-grade" not in _found(*paid_out(60_000, 0, who="x"), past=past, record=pep)
    known = (*past, *paid_out(500, -20, who="y", country="FR"))
    assert "risk-grade" not in _found(*abroad, past=known, record=pep)
