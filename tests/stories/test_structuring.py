"""An amount is split so that no part is reported: what counts, and over which days.

Cash has to be reported from 50,000; just below it means 40,000 and more.
"""

from monitor.story import ORDINARY, Act, paid_in, paid_out
from tests.stories.bank import Bank, detectors_of


def _deposits(*days: int, amount: float = 45_000) -> tuple[Act, ...]:
    return paid_in(amount, *days, channel="cash")


def _ordinary_customer() -> Bank:
    bank = Bank()
    bank.happen(*ORDINARY)
    return bank


def test_three_deposits_over_a_weekend() -> None:
    #  Thu 26  Fri 27  Sat 28  Sun 1  Mon 2
    #   45k     45k                    45k
    bank = _ordinary_customer()
    assert "structuring" not in detectors_of(bank.happen(*_deposits(-4, -3)))
    alerts = bank.happen(*_deposits(0))
    assert "structuring" in detectors_of(alerts)


def test_the_new_year_holiday_does_not_part_what_belongs_together() -> None:
    #  Wed Feb 11 ... Sat 14 | 15 Feb ... 23 Feb: new year, off | 24 ... Sat 28 (worked), Mon Mar 2
    #   45k                                                          45k             45k
    # Ten working days, though twenty days lie between the first and the last.
    bank = _ordinary_customer()
    bank.happen(*_deposits(-19, -5))
    assert "structuring" in detectors_of(bank.happen(*_deposits(0)))


def test_the_same_distance_without_a_holiday_is_too_far() -> None:
    #  Nineteen days in October and November hold fourteen working days.
    bank = Bank()
    bank.happen(*_deposits(-119, -105))
    assert "structuring" not in detectors_of(bank.happen(*_deposits(-100)))


def test_a_reversal_clears_what_it_undoes() -> None:
    bank = _ordinary_customer()
    first, second, third = _deposits(-3, -2, 0)
    bank.happen(first, second)
    undone = f"T{bank.sent}"
    assert bank.reverse(undone, second).tally.reversed == 1
    assert "structuring" not in detectors_of(bank.happen(third))


def test_a_reversed_deposit_is_no_evidence() -> None:
    bank = _ordinary_customer()
    deposits = _deposits(-4, -3, -2)
    bank.happen(*deposits[:2])
    undone = f"T{bank.sent}"
    bank.reverse(undone, deposits[1])
    alerts = bank.happen(deposits[2], *_deposits(0))
    (finding,) = [f for alert in alerts for f in alert.findings if f.detector == "structuring"]
    assert finding.observed == 3
    assert len(finding.transaction_ids) == 3
    assert undone not in finding.transaction_ids


def test_a_late_deposit_completes_the_three_on_its_own_date() -> None:
    #  Fri 27  Sat 28  Sun 1  Mon 2
    #   45k     late            45k  then the late one arrives
    bank = _ordinary_customer()
    bank.happen(*_deposits(-3), *_deposits(-5))
    bank.happen(*paid_out(200, 0, channel="card"))
    alerts = bank.happen(*_deposits(-2))
    assert "structuring" in detectors_of(alerts)
    assert [alert.business_date.isoformat() for alert in alerts] == ["2026-02-28"]


def test_a_very_late_deposit_is_learnt_and_alerts_nobody() -> None:
    bank = _ordinary_customer()
    bank.happen(*_deposits(-9, -8), *paid_out(200, 0, channel="card"))
    assert bank.happen(*_deposits(-7)) == []
    assert "structuring" in detectors_of(bank.happen(*_deposits(0)))


def test_withdrawals_and_deposits_are_not_taken_together() -> None:
    bank = _ordinary_customer()
    bank.happen(*_deposits(-3), *paid_out(45_000, -2, channel="cash"))
    assert "structuring" not in detectors_of(bank.happen(*_deposits(0)))


def test_small_deposits_are_not_just_below_the_threshold() -> None:
    bank = _ordinary_customer()
    assert "structuring" not in detectors_of(bank.happen(*_deposits(-3, -2, -1, 0, amount=39_999.99)))


def test_the_amounts_that_are_just_below_are_told_to_the_cent() -> None:
    for amount, near in ((40_000, True), (49_999.99, True), (39_999.99, False), (50_000, False)):
        bank = _ordinary_customer()
        alerts = bank.happen(*_deposits(-3, -2, 0, amount=amount))
        assert ("structuring" in detectors_of(alerts)) is near


def test_a_company_splits_transfers_below_two_million() -> None:
    for kind, found in (("company", True), ("person", False)):
        bank = Bank()
        bank.declare(kind=kind)
        alerts = bank.happen(*paid_in(1_900_000, -3, -2, 0, who="partner"))
        assert ("structuring" in detectors_of(alerts)) is found
