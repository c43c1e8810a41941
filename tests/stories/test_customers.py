"""Who the customer is decides when we ask."""

import pytest

from monitor.story import ORDINARY, Act, paid_in, paid_out
from tests.stories.bank import Bank, Fields, detectors_of


def _strangers(count: int) -> tuple[Act, ...]:
    return tuple(act for n in range(count) for act in paid_in(4_000, n - count + 1, who=f"payer {n}"))


def _alerts_on(*acts: Act, **profile: object) -> set[str]:
    bank = Bank()
    if profile:
        bank.declare(**profile)
    bank.happen(*ORDINARY)
    return detectors_of(bank.happen(*acts))


@pytest.mark.parametrize(("grade", "deposits"), [("high", 3), ("medium", 3), ("low", 4)])
def test_a_risk_grade_asks_sooner_or_later(grade: str, deposits: int) -> None:
    """The threshold of 3 deposits is 2.25, 3 and 3.75 for the three grades."""
    days = range(-deposits + 1, 1)
    enough = _alerts_on(*paid_in(45_000, *days, channel="cash"), kind="person", risk_grade=grade)
    fewer = _alerts_on(*paid_in(45_000, *days[1:], channel="cash"), kind="person", risk_grade=grade)
    assert "structuring" in enough
    assert "structuring" not in fewer


def test_a_customer_without_a_record_is_judged_as_a_person_of_medium_risk() -> None:
    acts = (*_strangers(8), *paid_out(260_000, 0, who="agent"))
    unknown, declared = Bank(), Bank()
    declared.declare(kind="person", risk_grade="medium")
    for bank in (unknown, declared):
        bank.happen(*ORDINARY)
    mine, theirs = unknown.happen(*acts), declared.happen(*acts)
    assert {alert.profile is None for alert in mine} == {True}
    assert {alert.profile is None for alert in theirs} == {False}
    without = [alert.model_copy(update={"profile": None}) for alert in theirs]
    assert [alert.to_json() for alert in mine] == [alert.to_json() for alert in without] != []
    assert {alert.risk_grade for alert in mine} == {"medium"}


def test_customers_without_a_record_are_counted() -> None:
    bank = Bank()
    posting: Fields = {
        "transaction_id": "P1",
        "customer_id": "C1",
        "account_id": "A1",
        "booked_at": "2026-03-02T10:00:00+08:00",
        "amount": 5,
        "currency": "CNY",
        "direction": "credit",
    }
    assert bank.post(posting).tally.without_record == 1
    bank.declare(kind="company")
    assert bank.post(posting | {"transaction_id": "P2"}).tally.without_record == 0


def test_eight_strangers_are_many_for_a_person_and_few_for_a_company() -> None:
    assert "fan-in" in _alerts_on(*_strangers(8), kind="person")
    assert "fan-in" not in _alerts_on(*_strangers(8), kind="company")


def test_a_grade_that_changes_holds_from_the_next_posting_on() -> None:
    bank = Bank()
    bank.declare(kind="person", risk_grade="low")
    bank.happen(*ORDINARY)
    assert "structuring" not in detectors_of(bank.happen(*paid_in(45_000, -2, -1, 0, channel="cash")))
    bank.declare(kind="person", risk_grade="high")
    (alert,) = bank.happen(*paid_in(45_000, 1, channel="cash"))
    assert alert.risk_grade == "high"
    assert "structuring" in detectors_of([alert])


def test_foreign_money_is_held_against_the_same_limits() -> None:
    """USD 37,000 are about CNY 261,000."""
    bank = Bank()
    bank.happen(*ORDINARY)
    posting: Fields = {
        "transaction_id": "P1",
        "customer_id": "C1",
        "account_id": "A1",
        "booked_at": "2026-03-02T15:00:00+08:00",
        "amount": "37000",
        "currency": "USD",
        "direction": "debit",
        "channel": "transfer",
    }
    (alert,) = bank.post(posting).alerts
    finding = next(finding for finding in alert.findings if finding.detector == "daily-volume")
    assert (finding.observed, finding.unit) == (37_000 * 7.05, "CNY")


def test_money_through_a_sleeping_account_is_found() -> None:
    bank = Bank()
    bank.happen(*paid_in(400, -400, -390, -380, who="shop"))
    assert "dormant" in detectors_of(bank.happen(*paid_in(150_000, 0, who="stranger")))


def test_one_customers_day_is_nobody_elses() -> None:
    bank = Bank()
    bank.happen(*ORDINARY, customer_id="C1")
    bank.happen(*ORDINARY, customer_id="C2")
    alerts = bank.happen(*paid_out(260_000, 0, who="agent"), customer_id="C2")
    assert {alert.customer_id for alert in alerts} == {"C2"}
    assert bank.happen(*paid_out(180, 0, channel="card"), customer_id="C1") == []
