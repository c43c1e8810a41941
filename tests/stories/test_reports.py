"""Large-value reports: what is due, when it changes, and under which rule."""

from monitor.story import Act, paid_in, paid_out
from schemas import ThresholdReport
from tests.stories.bank import Bank, Fields, at, posting_of


def _post(*acts: Act, bank: Bank | None = None, **more: object) -> list[ThresholdReport]:
    bank = bank or Bank()
    sent = []
    for act in acts:
        bank.sent += 1
        sent.append(posting_of(act, f"T{bank.sent}") | more)
    return bank.post(*sent).threshold_reports


def test_cash_of_exactly_the_threshold_is_due() -> None:
    assert _post(*paid_in(49_999.99, 0, channel="cash")) == []
    (report,) = _post(*paid_in(50_000, 0, channel="cash"))
    assert (report.rule, report.direction, report.amount, report.count) == ("cash", "credit", 50_000.0, 1)
    assert report.threshold == 50_000
    assert report.is_due
    assert report.transaction_ids == ["T1"]
    assert "CNY 50,000.00" in report.explanation
    assert "CNY 50,000.00" in report.explanation_zh


def test_cash_adds_up_over_the_day_in_each_direction_apart() -> None:
    acts = (
        *paid_in(30_000, 0, channel="cash"),
        *paid_out(30_000, 0, channel="cash"),
        *paid_in(30_000, 1, channel="cash"),
    )
    assert _post(*acts) == []
    (report,) = _post(*acts, *paid_in(20_000, 1, channel="cash"))
    assert (report.amount, report.count, report.business_date.isoformat()) == (50_000.0, 2, "2026-03-03")


def test_later_postings_of_the_day_raise_the_revision() -> None:
    reports = _post(*paid_in(50_000, 0, 0, 0, channel="cash"))
    assert len({report.report_id for report in reports}) == 1
    assert [(report.revision, report.amount) for report in reports] == [(1, 5e4), (2, 1e5), (3, 1.5e5)]


def test_each_kind_of_customer_has_its_own_threshold() -> None:
    company = Bank()
    company.declare(kind="company")
    assert [report.rule for report in _post(*paid_out(500_000, 0, who="x"))] == ["transfer"]
    assert _post(*paid_out(1_999_999, 0, who="x"), bank=company) == []
    assert len(_post(*paid_out(1, 0, who="x"), bank=company)) == 1


def test_what_crosses_the_border_has_a_rule_of_its_own() -> None:
    assert _post(*paid_out(200_000, 0, who="x")) == []
    (report,) = _post(*paid_out(200_000, 0, who="x", country="SG"))
    assert report.rule == "cross-border"


def test_domestic_and_cross_border_transfers_do_not_add_up() -> None:
    assert _post(*paid_out(400_000, 0, who="x"), *paid_out(190_000, 0, who="y", country="SG")) == []


def test_other_currencies_are_held_against_their_own_threshold() -> None:
    assert _post(*paid_in(9_999, 0, channel="cash"), currency="USD") == []
    (report,) = _post(*paid_in(10_000, 0, channel="cash"), currency="USD")
    assert (report.side, report.currency, report.amount, report.threshold) == ("foreign", "USD", 1e4, 1e4)
    assert (report.base_currency, report.base_amount) == ("CNY", 70_500.0)


def test_base_and_other_currencies_do_not_add_up_by_default() -> None:
    bank = Bank()
    assert _post(*paid_in(45_000, 0, channel="cash"), bank=bank) == []
    assert _post(*paid_in(9_000, 0, channel="cash"), bank=bank, currency="USD") == []


def test_a_transaction_that_meets_two_standards_is_reported_under_each() -> None:
    """Cash across the border is cash; a transfer is held against its own rules: both are reported on such a day."""
    reports = _post(*paid_out(60_000, 0, channel="cash"), *paid_out(600_000, 0, who="x"))
    assert [report.rule for report in reports] == ["cash", "transfer"]


def test_a_late_posting_is_reported_on_its_own_day() -> None:
    acts = (*paid_in(30_000, -9, channel="cash"), *paid_in(5, 0), *paid_in(30_000, -9, channel="cash"))
    (report,) = _post(*acts)
    assert (report.amount, report.business_date.isoformat()) == (60_000.0, "2026-02-21")


def test_a_reversal_takes_the_report_back() -> None:
    bank = Bank()
    act = paid_in(50_000, 0, channel="cash")[0]
    (first,) = _post(act, bank=bank)
    (undone,) = bank.reverse("T1", act).threshold_reports
    assert undone.report_id == first.report_id
    assert (undone.revision, undone.is_due, undone.amount, undone.count) == (2, False, 0.0, 0)


def test_a_missing_rate_is_a_dead_letter_and_not_a_guess() -> None:
    posting: Fields = posting_of(paid_in(10_000, 0)[0], "T1") | {"currency": "XDR", "booked_at": at(0)}
    outcome = Bank().post(posting | {"currency": "BTN"})
    assert [letter.reason.value for letter in outcome.dead_letters] == ["no_exchange_rate"]
    assert outcome.threshold_reports == []
