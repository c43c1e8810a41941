"""How one day's alert grows while the day goes on."""

from monitor.policy import BANDS
from monitor.stats.recent import short_name
from monitor.story import ORDINARY, paid_in, paid_out
from tests.stories.bank import POLICY, Bank, detectors_of


def _ordinary_customer(**profile: object) -> Bank:
    bank = Bank()
    if profile:
        bank.declare(**profile)
    bank.happen(*ORDINARY)
    return bank


def test_a_second_detector_joins_the_same_alert() -> None:
    bank = _ordinary_customer()
    (morning,) = bank.happen(*paid_in(120_000, 0, who="stranger", hour=9))
    (evening,) = bank.happen(*paid_out(115_000, 0, who="other", hour=19))
    assert "pass-through" not in detectors_of([morning])
    assert "pass-through" in detectors_of([evening])
    assert evening.alert_id == morning.alert_id
    assert (morning.revision, evening.revision) == (1, 2)
    assert detectors_of([morning]) < detectors_of([evening])
    assert evening.score > morning.score
    assert evening.opened_at == morning.opened_at < evening.last_at


def test_a_day_of_many_transfers_is_not_an_alert_for_each() -> None:
    bank = _ordinary_customer()
    alerts = bank.happen(*(act for n in range(40) for act in paid_out(2_000, 0, who=f"p{n}", hour=8 + n / 4)))
    assert len({alert.alert_id for alert in alerts}) == 1
    assert [alert.revision for alert in alerts] == list(range(1, len(alerts) + 1))
    assert len(alerts) <= 10


def test_an_alert_is_said_again_when_its_band_rises_and_when_its_evidence_doubles() -> None:
    """A burst of card payments within an hour: an alert at the 6th, of medium band at the 8th, doubled at the 16th."""
    bank = Bank()
    said = [bank.happen(*paid_out(20, 0, channel="card", hour=9 + n / 60)) for n in range(1, 26)]
    assert [number for number, alerts in enumerate(said, 1) if alerts] == [6, 10, 20, 24]
    revisions = [alert for alerts in said for alert in alerts]
    assert [alert.revision for alert in revisions] == [1, 2, 3, 4]
    assert [alert.band for alert in revisions] == ["low", "medium", "medium", "high"]
    assert [detectors_of([alert]) for alert in revisions] == [{"velocity"}] * 4


def test_what_was_said_yesterday_is_not_said_again() -> None:
    bank = _ordinary_customer()
    assert len(bank.happen(*paid_out(260_000, 0, who="agent"))) == 1
    assert bank.happen(*paid_out(290_000, 1, who="agent")) == []


def test_after_the_quiet_period_it_is_said_again() -> None:
    quiet = POLICY.document.quiet.days
    for later, said in ((quiet - 1, 0), (quiet, 1)):
        bank = Bank()
        assert len(bank.happen(*paid_out(20, *[0] * 6, channel="card"))) == 1
        assert len(bank.happen(*paid_out(20, *[later] * 9, channel="card"))) == said


def test_what_is_much_stronger_than_yesterday_is_an_alert_of_its_own() -> None:
    bank = _ordinary_customer()
    (today,) = bank.happen(*paid_out(260_000, 0, who="agent"))
    (tomorrow,) = bank.happen(*paid_out(900_000, 1, who="agent"))
    assert today.alert_id != tomorrow.alert_id
    assert (tomorrow.revision, tomorrow.business_date.isoformat()) == (1, "2026-03-03")


def test_an_alert_tells_its_story_in_two_languages() -> None:
    bank = _ordinary_customer()
    (alert,) = bank.happen(*paid_out(260_000, 0, who="agent"))
    finding = next(finding for finding in alert.findings if finding.detector == "daily-volume")
    assert finding.unit == "CNY"
    assert finding.observed == 260_000
    assert 0 < finding.threshold < 260_000
    assert finding.usual is not None
    assert finding.window == "2026-03-02"
    assert "CNY 260,000.00" in finding.explanation
    assert "CNY 260,000.00" in finding.explanation_zh
    assert alert.summary.startswith(f"{alert.band.capitalize()} ({alert.score:.0f} of 100): ")
    assert (alert.policy_id, alert.risk_grade) == ("cn-pboc", "medium")
    assert bank.state().recent.find(short_name(alert.transaction_ids[-1])) is not None


def test_the_strongest_finding_stands_first() -> None:
    bank = _ordinary_customer()
    flood = [*paid_in(400_000, 0, who="stranger", hour=9), *paid_out(390_000, 0, who="other", hour=10)]
    alert = bank.happen(*flood)[-1]
    assert len(alert.findings) >= 2
    assert alert.score >= max(100 * finding.weight / 2 for finding in alert.findings)
    assert alert.summary.index(alert.findings[0].detector) < alert.summary.index(alert.findings[1].detector)


def test_more_money_through_the_account_never_scores_less() -> None:
    scores = []
    for thousands in (120, 240, 480, 960):
        bank = _ordinary_customer()
        flow = [
            *paid_in(thousands * 1000, 0, who="stranger", hour=9),
            *paid_out(thousands * 960, 0, who="other", hour=19),
        ]
        scores.append(bank.happen(*flow)[-1].score)
    assert scores == sorted(scores)
    assert scores[0] > 0


def test_an_alert_is_of_the_band_of_its_score() -> None:
    bank = _ordinary_customer()
    alerts = bank.happen(
        *paid_in(400_000, 0, who="stranger", hour=9), *paid_out(390_000, 0, who="other", hour=10)
    )
    for alert in alerts:
        expected = sum(alert.score >= start for start in POLICY.bands)
        assert alert.band == BANDS[expected]
