"""Large-value reports are what a recount of the day gives, whatever came before, late, twice or undone."""

from collections import defaultdict

from hypothesis import given

from monitor.calendar import day_of
from monitor.customer_state import REPORT_DAYS
from monitor.policy import Rules
from schemas import ThresholdReport
from tests.laws import naive
from tests.laws.histories import Event, histories, known_customer, postings
from tests.stories.bank import POLICY, Bank, Fields

_RULES: Rules = POLICY.rules_for(None, None)
_CASH, _TRANSFER = 50_000_00, 500_000_00


def _said(reports: list[ThresholdReport]) -> dict[tuple[int, bool, bool], tuple[int, bool]]:
    """By day, direction and whether it is cash: the sum in minor units, and whether it is due, as last said."""
    newest = {report.report_id: report for report in sorted(reports, key=lambda report: report.revision)}
    return {
        (day_of(r.business_date), r.direction == "credit", r.rule == "cash"): (
            round(r.amount * 100),
            r.is_due,
        )
        for r in newest.values()
    }


def _due(standing: list[Fields]) -> dict[tuple[int, bool, bool], int]:
    """Sums by day, direction and whether they are cash, where they reach the threshold."""
    sums: defaultdict[tuple[int, bool, bool], int] = defaultdict(int)
    for fields in standing:
        seen = naive.seen(fields)
        sums[seen.day, seen.inbound, seen.cash] += seen.amount_minor
    return {key: total for key, total in sums.items() if total >= (_CASH if key[2] else _TRANSFER)}


@given(histories(repeats=True))
def test_reports_are_what_a_recount_gives(events: list[Event]) -> None:
    sent = postings(events)
    bank = Bank()
    said = {key: total for key, (total, _) in _said(bank.post(*sent).threshold_reports).items()}
    newest, in_time = 0, []
    for fields in naive.accepted(sent):
        newest = max(newest, naive.seen(fields).day)
        if naive.seen(fields).day > newest - REPORT_DAYS:
            in_time.append(fields)
    due = _due(naive.accepted(sent))
    assert said.keys() <= due.keys()
    assert _due(in_time).keys() <= said.keys()
    assert all(
        said[key] == due[key] for key in said if key in _due(in_time) and _due(in_time)[key] == due[key]
    )


@given(histories(most=40, repeats=True, reversals=True))
def test_what_is_due_at_the_end_is_what_stands(events: list[Event]) -> None:
    bank = known_customer()
    standing: dict[str, Fields] = {}
    reports: list[ThresholdReport] = []
    for fields in postings(events, "N"):
        outcome = bank.post(fields)
        reports += outcome.threshold_reports
        if outcome.tally.applied:
            standing[str(fields["transaction_id"])] = fields
        elif outcome.tally.reversed:
            del standing[str(fields["reverses"])]
    due = {key: total for key, (total, is_due) in _said(reports).items() if is_due}
    oldest = bank.state().newest_day - REPORT_DAYS + 1
    expected = {key: total for key, total in _due(list(standing.values())).items() if key[0] >= oldest}
    assert {key: total for key, total in due.items() if key[0] >= oldest} == expected, (
        "of the dates still open"
    )


@given(histories())
def test_each_revision_of_a_report_comes_once_and_in_order(events: list[Event]) -> None:
    by_report: defaultdict[str, list[int]] = defaultdict(list)
    for report in Bank().post(*postings(events)).threshold_reports:
        by_report[report.report_id].append(report.revision)
    assert all(revisions == list(range(1, len(revisions) + 1)) for revisions in by_report.values())
    assert _RULES.least_cash_report_minor == _CASH < _RULES.least_report_minor
