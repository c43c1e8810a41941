"""Alerts: one for each customer and date, named for good, revised upwards."""

from datetime import datetime

from hypothesis import event, given
from hypothesis import strategies as st

from monitor.alerting import alert_id
from monitor.catalogue import DETECTOR_IDS
from monitor.policy import BANDS
from monitor.story import Act
from schemas import Alert
from tests.laws.histories import Event, histories, known_customer, postings
from tests.stories.bank import ZONE, Fields, posting_of


def _alerts(sent: list[Fields]) -> list[Alert]:
    return known_customer().post(*sent).alerts


_busy = histories(most=40, first_day=-3)
"""A known customer's days, of which most examples raise some alert."""


@given(_busy)
def test_a_customer_has_one_alert_for_a_date(events: list[Event]) -> None:
    alerts = _alerts(postings(events))
    event(f"alerts: {min(len(alerts), 10)}")
    ids = {(alert.customer_id, alert.business_date): alert.alert_id for alert in alerts}
    assert len(set(ids.values())) == len(ids)
    for alert in alerts:
        assert alert.alert_id == alert_id(alert.customer_id, alert.business_date)


@given(_busy)
def test_revisions_of_an_alert_rise_by_one(events: list[Event]) -> None:
    newest: dict[str, int] = {}
    for alert in _alerts(postings(events)):
        assert alert.revision == newest.get(alert.alert_id, 0) + 1
        newest[alert.alert_id] = alert.revision


@given(_busy)
def test_a_later_revision_says_no_less(events: list[Event]) -> None:
    earlier: dict[str, Alert] = {}
    for alert in _alerts(postings(events)):
        before = earlier.get(alert.alert_id)
        if before is not None:
            assert alert.score >= before.score
            assert BANDS.index(alert.band) >= BANDS.index(before.band)
            assert {f.detector for f in before.findings} <= {f.detector for f in alert.findings}
            assert alert.opened_at == before.opened_at
            assert alert.last_at >= before.last_at
        earlier[alert.alert_id] = alert


@given(_busy)
def test_an_alert_is_whole(events: list[Event]) -> None:
    sent = {str(fields["transaction_id"]): fields for fields in postings(events)}
    for alert in _alerts(list(sent.values())):
        assert 0 <= alert.score <= 100
        assert Alert.model_validate_json(alert.to_json()) == alert
        detectors = [finding.detector for finding in alert.findings]
        assert len(set(detectors)) == len(detectors)
        assert set(detectors) <= DETECTOR_IDS
        assert len(set(alert.transaction_ids)) == len(alert.transaction_ids) <= 16
        for finding in alert.findings:
            assert finding.observed >= finding.threshold or abs(finding.observed - finding.threshold) < 0.01
            assert set(finding.transaction_ids) <= set(alert.transaction_ids)
            assert finding.explanation in alert.summary
            assert finding.explanation_zh in alert.summary_zh


@given(histories(most=15, first_day=-3))
def test_the_posting_that_said_it_is_in_the_evidence(events: list[Event]) -> None:
    bank = known_customer()
    for fields in postings(events):
        for alert in bank.post(fields).alerts:
            booked_at = datetime.fromisoformat(str(fields["booked_at"]))
            assert alert.business_date == booked_at.date(), f"the date is that of {ZONE}"
            assert booked_at <= alert.last_at
            assert fields["transaction_id"] in alert.transaction_ids


@given(_busy)
def test_evidence_stands_in_the_order_in_which_it_came(events: list[Event]) -> None:
    sent = postings(events)
    order = {str(fields["transaction_id"]): number for number, fields in enumerate(sent)}
    for alert in _alerts(sent):
        for ids in (alert.transaction_ids, *(finding.transaction_ids for finding in alert.findings)):
            numbers = [order[name] for name in ids if name in order]
            assert numbers == sorted(numbers)


@given(st.integers(0, 999_999))
def test_an_alert_opens_at_its_posting_to_the_millisecond(microsecond: int) -> None:
    bank = known_customer()
    fields = posting_of(Act(0, 300_000.0, False, "stranger", "transfer", 10.0), "X")
    when = datetime.fromisoformat(str(fields["booked_at"])).replace(microsecond=microsecond)
    (alert,) = bank.post(fields | {"booked_at": when.isoformat()}).alerts
    assert alert.opened_at == alert.last_at == when.replace(microsecond=microsecond // 1000 * 1000)
