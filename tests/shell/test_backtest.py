"""Two policies' alerts over the same customer-days: what is gained, lost and kept, and for whom."""

from datetime import date

import pytest

from agents.backtest import AlertSeen, Comparison, Key, Replayed, compare
from agents.backtest.differences import differences
from agents.backtest.load import load_of, period_of
from agents.backtest.ranking import curve, ranked
from monitor.batch import Outcome, ScoredPosting, Tally
from monitor.calendar import BankCalendar, day_of
from schemas import Alert
from tests.shell.test_demo_verdict import _alert
from tests.stories.bank import ZONE

_MONDAY = day_of(date(2026, 3, 2))
_CALENDAR = BankCalendar(ZONE)

# customer-day      A                 B
# C1, Monday        medium fan-in     high fan-in, velocity     kept, a band higher
# C1, Tuesday       low velocity                                lost; labelled
# C2, Monday                          critical fan-out          gained; labelled
# C3, Saturday      high fan-in       medium fan-in             kept, a band lower
# C3, Sunday        nothing
_A: dict[Key, AlertSeen] = {
    ("C1", _MONDAY): AlertSeen(40.0, "medium", ("fan-in",)),
    ("C1", _MONDAY + 1): AlertSeen(30.0, "low", ("velocity",)),
    ("C3", _MONDAY + 5): AlertSeen(70.0, "high", ("fan-in",)),
}
_B: dict[Key, AlertSeen] = {
    ("C1", _MONDAY): AlertSeen(64.0, "high", ("fan-in", "velocity")),
    ("C2", _MONDAY): AlertSeen(100.0, "critical", ("fan-out",)),
    ("C3", _MONDAY + 5): AlertSeen(50.0, "medium", ("fan-in",)),
}
_DAYS: tuple[Key, ...] = (*_A, ("C2", _MONDAY), ("C3", _MONDAY + 6))
_LABELLED: set[Key] = {("C1", _MONDAY + 1), ("C2", _MONDAY)}


def _replayed(alerts: dict[Key, AlertSeen]) -> Replayed:
    days = {key: alerts[key].score if key in alerts else 0.0 for key in _DAYS}
    return Replayed("p", "p", "1", judged=9, alerts=alerts, days=days, labelled=set(_LABELLED))


def _compared(a: dict[Key, AlertSeen] = _A, b: dict[Key, AlertSeen] = _B) -> Comparison:
    return compare(
        _replayed(a),
        _replayed(b),
        detectors=("fan-in", "fan-out", "velocity", "dormant"),
        segments={"C1": "retail", "C2": "retail"},
        calendar=_CALENDAR,
        is_labelled=True,
    )


def test_a_policy_against_itself_gains_and_loses_nothing() -> None:
    same = _compared(_A, _A)
    rows = [same.total, *same.detectors, *same.segments]
    assert [(row.gained.alerts, row.lost.alerts) for row in rows] == [(0, 0)] * len(rows)
    assert (same.gained, same.lost, same.kept) == ([], [], 3)
    assert all(mine == theirs for mine, theirs in same.bands)
    assert same.rebanded(is_up=True) == same.rebanded(is_up=False) == 0


def test_gained_is_in_b_alone_lost_in_a_alone_and_kept_in_both() -> None:
    found = _compared()
    assert [key for key, _ in found.gained] == [("C2", _MONDAY)]
    assert [key for key, _ in found.lost] == [("C1", _MONDAY + 1)]
    assert found.kept == 2
    assert (found.total.a.alerts, found.total.b.alerts) == (3, 3)
    assert (found.rebanded(is_up=True), found.rebanded(is_up=False)) == (1, 1)


def test_what_b_gains_a_loses_when_they_change_places() -> None:
    one, other = _compared(), _compared(_B, _A)
    assert (one.gained, one.lost) == (other.lost, other.gained)
    assert {(b, a): count for (a, b), count in one.bands.items()} == other.bands


def test_a_detector_gains_and_loses_alerts_of_its_own() -> None:
    rows = {row.name: row for row in _compared().detectors}
    numbers = {
        name: (row.a.alerts, row.b.alerts, row.gained.alerts, row.lost.alerts) for name, row in rows.items()
    }
    assert numbers == {
        "fan-in": (2, 2, 0, 0),
        "fan-out": (0, 1, 1, 0),
        "velocity": (1, 1, 1, 1),
        "dormant": (0, 0, 0, 0),
    }


def test_precision_and_recall_are_by_customer_day() -> None:
    rows = {row.name: row for row in _compared().detectors}
    velocity, dormant = rows["velocity"], rows["dormant"]
    assert (velocity.a.precision, velocity.recall(velocity.a)) == (1.0, 0.5)
    assert (velocity.b.precision, velocity.recall(velocity.b)) == (0.0, 0.0)
    assert (dormant.a.precision, dormant.recall(dormant.a)) == (None, 0.0)
    assert _compared().total.a.precision == pytest.approx(1 / 3)


def test_a_customer_without_a_record_is_of_the_segment_unknown() -> None:
    retail, unknown = _compared().segments
    assert (retail.name, retail.customer_days, retail.a.alerts, retail.b.alerts) == ("retail", 3, 2, 2)
    assert (unknown.name, unknown.customer_days, unknown.gained.alerts) == ("unknown", 2, 0)
    assert (retail.labelled, unknown.labelled) == (2, 0)
    assert unknown.recall(unknown.a) is None


def test_every_alert_of_either_policy_is_in_one_cell_of_the_bands() -> None:
    assert _compared().bands == {
        ("medium", "high"): 1,
        ("low", "none"): 1,
        ("none", "critical"): 1,
        ("high", "medium"): 1,
    }


def test_a_score_of_100_is_in_the_last_bar() -> None:
    a, b = _compared().scores
    assert (sum(a), sum(b)) == (3, 3)
    assert b[-1] == 1
    assert a[30 // 5] == 1


def test_what_falls_on_a_day_off_waits_for_the_next_working_day() -> None:
    # Fri Sat Sun Mon: 1, 2, 0, 1 alerts; people have 1 on Friday and 3 on Monday.
    friday = _MONDAY + 4
    alerts = {("C1", friday), ("C1", friday + 1), ("C2", friday + 1), ("C1", friday + 3)}
    load = load_of(alerts, range(friday, friday + 4), _CALENDAR)
    assert (load.working_days, load.mean, load.median) == (2, 2.0, 2.0)
    assert (load.p95, load.busiest, load.busiest_day) == (3, 3, friday + 3)


def test_the_load_is_reckoned_from_the_first_alert_to_the_last_business_date() -> None:
    days = {("C1", 10), ("C1", 20), ("C2", 30)}
    assert period_of(days, {("C1", 20)}) == range(20, 31)
    assert load_of((), period_of(days, ()), _CALENDAR).mean == 0


def test_days_without_alerts_are_days_too() -> None:
    days = _compared().days
    assert [line.day - _MONDAY for line in days] == list(range(7))
    assert days[0][1:] == (1, 2, 1, 0)
    assert days[1][1:] == (1, 0, 0, 1)
    assert days[6][1:] == (0, 0, 0, 0)


def test_ties_are_ranked_against_the_score() -> None:
    assert ranked([(5.0, True), (5.0, False), (9.0, True)]) == [True, False, True]


def test_a_curve_ends_with_everything_found() -> None:
    points = curve([True, False, True, False])
    assert points[0] == (1, 1.0, 0.5)
    assert points[-1] == (4, 0.5, 1.0)
    assert curve([False, False]) == []


def test_differences_are_named_by_their_place_even_where_one_side_has_none() -> None:
    assert [tuple(one) for one in differences({"a": 1, "b": {"c": 2}}, {"a": 1, "d": "x  y"})] == [
        ("b.c", "2", ""),
        ("d", "", "x y"),
    ]


def test_the_newest_revision_of_an_alert_is_kept_and_the_highest_score_of_a_day() -> None:
    kept = Replayed("p", "p", "1")
    scores = [
        ScoredPosting("T1", "C1", 70.0, "fan-in", 5),
        ScoredPosting("T2", "C1", 20.0, None, 5),
        ScoredPosting("T3", "C1", 0.0, None, 6),
    ]
    kept.take(Outcome(scores=scores), frozenset({"T2"}))
    assert kept.days == {("C1", 5): 70.0, ("C1", 6): 0.0}
    assert kept.labelled == {("C1", 5)}
    assert kept.labels_met == 1


def test_a_groups_alert_is_right_where_a_labelled_posting_is_evidence_and_its_postings_are_not_counted_again() -> (
    None
):
    def group_alert(group_id: str, evidence: str) -> Alert:
        alert = _alert(group_id, date(2026, 3, 2), "group-transfers").model_dump()
        of_group = {"group_id": group_id, "members": [], "transaction_ids": [evidence]}
        return Alert.model_validate({**alert, **of_group})

    replayed = Replayed("p", "p", "1")
    posting = ScoredPosting("t1", "C1", 10.0, "fan-in", _MONDAY)
    replayed.take(Outcome(tally=Tally(applied=1), scores=[posting]), frozenset({"t1"}))
    of_group = Outcome(tally=Tally(applied=1), alerts=[group_alert("G1", "t1"), group_alert("G2", "t2")])
    replayed.take(of_group, frozenset({"t1"}))

    assert (replayed.judged, replayed.groups) == (1, {"G1", "G2"})
    assert replayed.labelled == {("C1", _MONDAY), ("G1", _MONDAY)}
    segments = compare(
        replayed,
        replayed,
        detectors=("group-transfers",),
        segments={"C1": "retail"},
        calendar=_CALENDAR,
        is_labelled=True,
    ).segments
    assert [(row.name, row.customer_days, row.a.alerts, row.a.right) for row in segments] == [
        ("retail", 1, 0, 0),
        ("groups", 0, 2, 1),
    ]
    assert segments[1].recall(segments[1].a) is None
