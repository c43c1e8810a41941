"""The demo's judgement of alerts: what counts as found, as missed, as false."""

from dataclasses import replace
from datetime import date, timedelta

from agents.demo.verdict import GRACE, Found, judge_alerts
from agents.simulator import Label
from schemas import Alert, Finding

MONDAY = date(2026, 3, 2)
FRIDAY = MONDAY + timedelta(4)


def _alert(customer_id: str, day: date, *detectors: str, band: str = "high") -> Alert:
    finding = {
        "typology": "t",
        "observed": 2,
        "threshold": 1,
        "unit": "postings",
        "window": "w",
        "weight": 0.5,
        "transaction_ids": ["t1"],
        "explanation": "why",
        "explanation_zh": "why",
    }
    return Alert.model_validate(
        {
            "alert_id": f"{day.toordinal():032x}",
            "revision": 1,
            "customer_id": customer_id,
            "business_date": day,
            "score": 70,
            "band": band,
            "findings": [Finding.model_validate({**finding, "detector": name}) for name in detectors],
            "policy_id": "p",
            "policy_version": "1",
            "risk_grade": "medium",
            "opened_at": "2026-03-02T09:00:00+08:00",
            "last_at": "2026-03-02T09:00:00+08:00",
            "transaction_ids": ["t1"],
            "summary": "s",
            "summary_zh": "s",
        }
    )


def _label(typology: str, customer_id: str = "C1") -> Label:
    return Label(typology, customer_id, MONDAY, FRIDAY, ("t1",))


def test_planted_behaviour_is_found_by_its_own_detector_within_its_days_and_the_grace() -> None:
    for day in (MONDAY, FRIDAY, FRIDAY + GRACE):
        verdict = judge_alerts([_label("fan-in")], [_alert("C1", day, "velocity", "fan-in")], 10, 90)

        assert verdict.typologies == {"fan-in": Found(planted=1, found=1)}
        assert verdict.false_alerts.total() == 0


def test_alerts_before_after_or_on_someone_else_find_nothing_and_are_false() -> None:
    alerts = [
        _alert("C1", MONDAY - timedelta(1), "fan-in"),
        _alert("C1", FRIDAY + GRACE + timedelta(1), "fan-in", band="low"),
        _alert("C2", MONDAY, "fan-in"),
    ]

    verdict = judge_alerts([_label("fan-in")], alerts, 10, 90)

    assert verdict.whole.missed == 1
    assert verdict.false_alerts == {"high": 2, "low": 1}


def test_an_alert_by_other_detectors_only_is_told_apart() -> None:
    verdict = judge_alerts([_label("fan-in")], [_alert("C1", MONDAY, "velocity")], 10, 90)

    assert verdict.whole == Found(planted=1, found=0, otherwise=1)
    assert verdict.whole.missed == 0


def test_what_its_own_detector_found_on_trial_is_told_apart_whoever_else_alerted() -> None:
    shadow = [("C1", MONDAY, "night"), ("C2", FRIDAY + GRACE + timedelta(1), "night")]
    labels = [_label("night", "C1"), _label("night", "C2")]

    verdict = judge_alerts(labels, [_alert("C1", MONDAY, "velocity")], 10, 90, shadow)

    assert verdict.whole == Found(planted=2, found=0, on_trial=1, otherwise=0)
    assert verdict.whole.missed == 1


def test_a_false_alert_of_a_group_is_one_however_many_members_it_names() -> None:
    members = [{"customer_id": name, "transaction_ids": ["t1"]} for name in ("C1", "C2", "C3")]
    parts = _alert("G1", MONDAY, "group-transfers").model_dump()
    alert = Alert.model_validate({**parts, "group_id": "G1", "members": members})

    assert judge_alerts([], [alert], 10, 90).false_alerts == {"high": 1}
    assert judge_alerts([_label("fan-in", "C2")], [alert], 10, 90).false_alerts == {}


def test_a_lookalike_that_was_alerted_is_named_and_its_alert_is_false() -> None:
    labels = [_label("lookalike:tuition", "C1"), _label("lookalike:tuition", "C2")]

    verdict = judge_alerts(labels, [_alert("C2", MONDAY, "single-amount")], 10, 90)

    assert (verdict.lookalikes, verdict.loud_lookalikes) == (2, {"tuition": 1})
    assert verdict.false_alerts == {"high": 1}
    assert verdict.typologies == {}


def test_connected_customers_are_found_when_one_of_them_is_alerted_and_none_of_their_days_is_false() -> None:
    label = replace(_label("group-round-trip"), customer_ids=("C1", "C2", "C3"))

    verdict = judge_alerts([label], [_alert("C2", MONDAY, "group-round-trip")], 10, 90)

    assert verdict.typologies == {"group-round-trip": Found(planted=1, found=1)}
    assert verdict.false_alerts.total() == 0
    assert verdict.customer_days == 10 * 90 - 3 * (5 + GRACE.days)


def test_false_alerts_are_counted_per_customer_day_without_planted_days() -> None:
    alerts = [_alert("C2", MONDAY, "velocity"), _alert("C3", MONDAY, "velocity", band="low")]

    verdict = judge_alerts([_label("fan-in")], alerts, 10, 90)

    assert verdict.customer_days == 10 * 90 - (5 + GRACE.days)
    assert verdict.false_per_1000_days == 1_000 * 2 / verdict.customer_days
    assert verdict.false_urgent_per_1000_days == 1_000 * 1 / verdict.customer_days


def test_irregularities_of_the_pipeline_are_neither_planted_nor_lookalikes() -> None:
    verdict = judge_alerts([_label("noise:late"), _label("noise:reversal")], [], 10, 90)

    assert (verdict.whole.planted, verdict.lookalikes, verdict.customer_days) == (0, 0, 900)
