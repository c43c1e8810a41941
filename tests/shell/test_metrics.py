"""Metrics count postings and their fates, and name no customer."""

from agents.metrics import Metrics
from monitor.batch import Outcome, Tally
from schemas import DeadLetter, DeadLetterReason


def _letter() -> DeadLetter:
    return DeadLetter.of(
        DeadLetterReason.TOO_LATE,
        "booked_at: too old",
        topic="transactions",
        partition=1,
        offset=2,
        timestamp_ms=3,
        key=b"CUSTOMER-7",
        value=b"{}",
    )


def _value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"ledgerwatch_{name}", labels)


def test_a_batch_is_counted_by_fate_reason_and_detector() -> None:
    metrics = Metrics()
    tally = Tally(applied=5, fenced=2, duplicates=1, late=1, unknown_fields=3, without_record=4)
    tally.findings["structuring"] = 2
    tally.grade_changes["high"] = 6
    metrics.count(Outcome(dead_letters=[_letter()], tally=tally))
    assert _value(metrics, "postings_total", outcome="applied", stream="customers") == 5
    assert _value(metrics, "postings_total", outcome="fenced", stream="customers") == 2
    assert _value(metrics, "postings_total", outcome="duplicate", stream="customers") == 1
    assert _value(metrics, "postings_total", outcome="late", stream="customers") == 1
    assert _value(metrics, "unknown_fields_total") == 3
    assert _value(metrics, "postings_without_record_total") == 4
    assert _value(metrics, "dead_letters_total", reason="too_late") == 1
    assert _value(metrics, "findings_total", detector="structuring") == 2
    assert _value(metrics, "grade_changes_total", grade="high") == 6
    assert b"CUSTOMER-7" not in metrics.expose()


def test_lag_of_a_partition_that_is_gone_is_gone() -> None:
    metrics = Metrics()
    metrics.set_lag({("transactions", 0): 5, ("transactions", 1): 6})
    metrics.set_lag({("transactions", 1): 0})
    assert _value(metrics, "lag_records", topic="transactions", partition="0") is None
    assert _value(metrics, "lag_records", topic="transactions", partition="1") == 0


def test_series_with_known_labels_exist_before_anything_happens() -> None:
    text = Metrics().expose().decode()
    assert 'ledgerwatch_alerts_total{band="critical"} 0.0' in text
    assert 'ledgerwatch_postings_total{outcome="applied",stream="customers"} 0.0' in text
    assert 'ledgerwatch_grade_changes_total{grade="high"} 0.0' in text


def test_steps_and_batches_are_timed() -> None:
    metrics = Metrics()
    with metrics.batch(), metrics.step("judge"):
        pass
    assert _value(metrics, "batch_seconds_count", stream="customers") == 1
    assert _value(metrics, "step_seconds_count", step="judge", stream="customers") == 1


def test_a_clock_that_is_behind_gives_no_negative_latency() -> None:
    metrics = Metrics()
    metrics.alerts_acknowledged(2, -5.0)
    assert _value(metrics, "alert_latency_seconds_count") == 2
    assert _value(metrics, "alert_latency_seconds_sum") == 0
