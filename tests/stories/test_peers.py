"""Different from comparable customers: by how much, and compared with whom."""

import pytest
from msgspec import structs

from monitor.detectors import peer_outlier
from monitor.story import Act, Story, paid_in
from schemas import Alert
from tests.stories.bank import Bank, declared, detectors_of

_FIRES: Story = peer_outlier.DETECTOR.fires


def _alerts(story: Story, *acts: Act, with_peers: bool = True) -> list[Alert]:
    bank = Bank(peers=story.peer_edition() if with_peers else None)
    assert story.profile is not None
    bank.declare(**declared(story.profile))
    return bank.happen(*(acts or story.acts))


def test_the_finding_says_who_the_peers_are_and_what_they_do() -> None:
    findings = [one for alert in _alerts(_FIRES) for one in alert.findings if one.detector == peer_outlier.ID]
    assert findings[0].peer_group == "company, 40 customers, 2026-02"
    assert findings[0].peers == pytest.approx(60_000, rel=0.05)
    assert findings[0].unit == "CNY"
    assert "company, 40 customers, 2026-02" in findings[0].explanation


def test_as_long_as_no_peers_are_known_nobody_differs_from_them() -> None:
    assert peer_outlier.ID not in detectors_of(_alerts(_FIRES, with_peers=False))


def test_one_whose_peers_do_the_same_does_not_differ() -> None:
    like = Story("", _FIRES.acts, profile=_FIRES.profile, peer_volume=1_500_000)
    assert peer_outlier.ID not in detectors_of(_alerts(like))


def test_one_large_month_is_no_difference() -> None:
    lately = [act for act in _FIRES.acts if act.day > -30]
    assert peer_outlier.ID not in detectors_of(_alerts(_FIRES, *paid_in(30_000, -40, -35), *lately))


def test_one_who_declared_as_much_does_not_differ() -> None:
    assert _FIRES.profile is not None
    told = structs.replace(_FIRES.profile, turnover_minor=150_000_000)
    assert peer_outlier.ID not in detectors_of(
        _alerts(Story("", _FIRES.acts, profile=told, peer_volume=60_000))
    )


def test_one_without_a_past_is_not_compared() -> None:
    assert peer_outlier.ID not in detectors_of(_alerts(_FIRES, *[a for a in _FIRES.acts if a.day > -30]))
