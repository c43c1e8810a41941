"""The demo's last words: all their parts, in a terminal's columns and rows; and the desk that they tell of."""

from datetime import date, datetime

from agents.demo.desk import Desk
from agents.demo.options import DemoOptions
from agents.demo.poison import poison_of
from agents.demo.summary import Report, summary
from agents.demo.verdict import judge_alerts
from agents.settings import load_settings
from monitor.batch import Tally
from schemas import RiskGradeChange, ShadowFinding, ThresholdReport
from tests.shell.test_demo_parts import SHANGHAI, _measures, _Read, _shown
from tests.shell.test_demo_verdict import MONDAY, _alert

_GOOD = (b"C1", b'{"transaction_id":"T1","amount":"1"}')


def _desk(customer_id: str) -> Desk:
    """One large-value report in two revisions, one finding on trial, one change of a grade."""
    settings = load_settings(kafka_bootstrap_servers="localhost:1")
    desk = Desk(settings)
    report: dict[str, object] = {
        "customer_id": customer_id,
        "report_id": "0" * 32,
        "business_date": MONDAY,
        "rule": "cash",
        "direction": "credit",
        "side": "base",
        "is_due": True,
        "amount": 50_000,
        "threshold": 50_000,
        "inclusive": True,
        "currency": "CNY",
        "base_amount": 50_000,
        "base_currency": "CNY",
        "count": 1,
        "transaction_ids": ["t1"],
        "kind": "person",
        "source": "s",
        "policy_id": "p",
        "policy_version": "1",
        "last_at": "2026-03-02T09:00:00+08:00",
        "explanation": "e",
        "explanation_zh": "e",
    }
    for revision in (1, 2):
        value = ThresholdReport.model_validate({**report, "revision": revision}).to_json()
        desk.take(settings.threshold_reports_topic, _Read(value))
    shadow = ShadowFinding(
        customer_id=customer_id,
        business_date=MONDAY,
        transaction_id="t1",
        finding=_alert(customer_id, MONDAY, "night").findings[0],
        policy_id="p",
        policy_version="1",
        risk_grade="low",
        at=datetime(2026, 3, 2, tzinfo=SHANGHAI),
    )
    desk.take(settings.shadow_findings_topic, _Read(shadow.to_json()))
    change = RiskGradeChange(
        customer_id=customer_id,
        grade="high",
        previous_grade="low",
        declared_grade="low",
        assessed_grade="high",
        score=70,
        factors=[],
        assessed_on=MONDAY,
        next_review_on=None,
        reason="alert",
        policy_id="p",
        policy_version="1",
    )
    desk.take(settings.risk_grades_topic, _Read(change.to_json()))
    return desk


def test_the_desk_keeps_the_newest_revision_of_a_report_and_counts_what_it_read() -> None:
    desk = _desk("C1")

    assert (desk.read, desk.rules(), [report.revision for report in desk.reports.values()]) == (
        4,
        {"cash": 1},
        [2],
    )
    assert desk.shadow == [("C1", MONDAY, "night")]
    assert desk.grades == {"high": 1}


def test_the_summary_has_all_its_parts_in_79_columns() -> None:
    options = DemoOptions(customers=300)
    bank = options.bank(date(2026, 11, 1))
    alerts = [
        _alert(label.customer_id, label.start, label.typology) for label in bank.labels if label.is_planted
    ]
    board = _shown(*alerts)
    board.published_ms, board.read_ms = [20, 40], [30, 50]
    text = summary(
        Report(
            options=options,
            sent=97,
            poison=list(poison_of(*_GOOD, 65_536)),
            fast_postings=90,
            fast_seconds=4.5,
            fast_judging_seconds=4.0,
            seconds=9.0,
            measures=_measures(Tally(applied=88, reversed=2, duplicates=3), letters=4),
            board=board,
            desk=_desk("C1"),
            verdict=judge_alerts(bank.labels, alerts, 300, 90),
        )
    )

    assert max(map(len, text.splitlines())) <= 79
    assert "speed          20 postings/s" in text
    assert "1 of 13 poisoned ones" in text
    assert "others: null_key 3" in text
    assert "p50 20 ms, p99 40 ms" in text
    assert "large-value    1 reports due, by rule: cash 1" in text
    assert "1 findings on trial: night 1; 1 changes of risk grades, to: high 1" in " ".join(text.split())
    assert "37 kinds, 37 times: 37 found" in text


def test_the_summary_fits_40_rows_when_every_kind_of_behaviour_is_named() -> None:
    bank = DemoOptions(customers=2_000).bank(date(2026, 11, 1))
    planted = [label for label in bank.labels if label.is_planted]
    ids = [label.typology for label in planted]
    alerts = [
        _alert(label.customer_id, label.start, label.typology if place % 3 else "velocity")
        for place, label in enumerate(planted)
        if ids.index(label.typology) % 2
    ]
    board = _shown(*alerts)
    board.published_ms, board.read_ms = [20, 40], [30, 50]
    report = Report(
        options=DemoOptions(),
        sent=300_000,
        poison=list(poison_of(*_GOOD, 65_536)),
        fast_postings=290_000,
        fast_seconds=45.0,
        fast_judging_seconds=40.0,
        seconds=65.0,
        measures=_measures(Tally(applied=300_000), letters=13),
        board=board,
        desk=_desk("C1"),
        verdict=judge_alerts(bank.labels, alerts, 2_000, 90),
    )
    lines = summary(report).splitlines()

    assert len(lines) <= 40
    assert max(map(len, lines)) <= 79
    assert all(name in " ".join(lines) for name in ids)
