"""Connected customers are seen as one: who belongs together, what the group is told, and what it says."""

import pytest

from monitor.alerting import alert_id
from monitor.calendar import date_of
from monitor.group_alerting import group_alert_id
from monitor.group_detector import BUSINESS, brings, earns, pays
from monitor.policy import load_policy
from monitor.story import TODAY
from schemas import DeadLetterReason
from tests.stories.bank import POLICY, SourceRecord, detectors_of
from tests.stories.groups import Groups, fields_of

_DAY = date_of(TODAY)


def _connected(**profile: object) -> Groups:
    groups = Groups()
    groups.connect("A", "B", "C", **profile)
    groups.happen(*BUSINESS)
    return groups


def test_a_customer_of_no_group_tells_nobody() -> None:
    groups = Groups()
    groups.bank.declare(customer_id="A", kind="company")
    groups.happen(*earns(60_000, "A", 0), *earns(60_000, "unknown to the KYC system", 0))
    assert groups.told == []


def test_records_with_one_first_owner_are_a_group_and_the_owner_is_none_of_it() -> None:
    groups = Groups()
    groups.connect("A", "B", group_id=None, beneficial_owners=["C", "D"])
    groups.bank.declare(customer_id="C", kind="person")
    groups.happen(*earns(60_000, "A", 0), *earns(60_000, "B", 0), *earns(60_000, "C", 0))
    assert {(one.group_id, one.customer_id) for one in groups.told} == {("owner:C", "A"), ("owner:C", "B")}


def test_the_longest_owners_id_still_names_a_group() -> None:
    groups, owner = Groups(), "o" * 64
    groups.connect("A", "B", "C", group_id=None, beneficial_owners=[owner])
    groups.happen(*BUSINESS)
    (*_, alert) = groups.happen(*pays(3_000_000, "A", "B", 0))
    assert alert.customer_id == alert.group_id == f"owner:{owner}"


def test_a_posting_belongs_to_the_group_of_its_own_date() -> None:
    groups = Groups()
    groups.connect("A", group_id="G1", effective_from="2026-01-01")
    groups.connect("A", group_id="G2", effective_from="2026-03-01")
    groups.happen(*earns(60_000, "A", -5, 0))
    assert [(one.group_id, one.business_date.isoformat()) for one in groups.told] == [
        ("G1", "2026-02-25"),
        ("G1", "2026-02-25"),
        ("G2", "2026-03-02"),
        ("G2", "2026-03-02"),
    ]


def test_money_that_goes_round_in_whatever_order_its_postings_come() -> None:
    legs = [
        fields_of(act, f"L{number}")
        for number, act in enumerate(
            (*pays(300_000, "A", "B", -3), *pays(297_000, "B", "C", -1), *pays(294_000, "C", "A", -1))
        )
    ]
    for order in ((0, 1, 2, 3, 4, 5), (5, 3, 1, 4, 2, 0), (2, 3, 4, 5, 0, 1)):
        found = detectors_of(_connected().post(*[legs[place] for place in order]).alerts)
        assert "group-round-trip" in found, order


def test_against_the_order_of_days_nothing_has_gone_round() -> None:
    groups = _connected()
    alerts = groups.happen(
        *pays(300_000, "C", "A", -4), *pays(297_000, "B", "C", -2), *pays(294_000, "A", "B", -1)
    )
    assert "group-round-trip" not in detectors_of(alerts)


@pytest.mark.parametrize(("amount", "fires"), [(400_000.0, False), (1_200_000.0, True)])
def test_straight_there_and_back_matters_only_when_it_is_large(amount: float, fires: bool) -> None:
    groups = _connected()
    alerts = groups.happen(*pays(amount, "A", "B", -3), *pays(amount, "B", "A", 0))
    assert ("group-round-trip" in detectors_of(alerts)) == fires


def test_a_sum_that_shrank_on_its_way_is_not_the_same_money() -> None:
    groups = _connected()
    alerts = groups.happen(
        *pays(300_000, "A", "B", -4), *pays(200_000, "B", "C", -2), *pays(294_000, "C", "A", 0)
    )
    assert "group-round-trip" not in detectors_of(alerts)


def test_one_members_structuring_is_not_the_groups() -> None:
    groups = _connected()
    assert "group-structuring" not in detectors_of(groups.happen(*brings(48_000, "A", -3, -2, -1, 0)))
    assert "group-structuring" in detectors_of(groups.happen(*brings(48_000, "B", 0, hour=12)))


def test_a_reversed_deposit_counts_no_longer() -> None:
    groups = _connected()
    groups.happen(*brings(48_000, "A", -2), *brings(48_000, "B", -1))
    undone = fields_of(brings(48_000, "B", 0)[0], "undo") | {
        "direction": "debit",
        "reverses": f"T{groups.sent}",
    }
    before = groups.state()
    groups.post(undone)
    assert groups.told[-1].reverses == f"T{groups.sent}"
    assert groups.told[-1].direction == "credit"
    assert groups.state().near_days[TODAY - 1].in_count == before.near_days[TODAY - 1].in_count - 1
    assert "group-structuring" not in detectors_of(groups.happen(*brings(48_000, "C", 0)))


def test_a_reversed_transfer_is_no_leg_of_a_round() -> None:
    groups = _connected()
    groups.happen(*pays(300_000, "A", "B", -4)[:1])
    undone = fields_of(pays(300_000, "A", "B", -3)[0], "undo")
    groups.post(undone | {"direction": "credit", "reverses": f"T{groups.sent}"})
    assert groups.state().legs == []
    alerts = groups.happen(*pays(297_000, "B", "C", -2), *pays(294_000, "C", "A", 0))
    assert "group-round-trip" not in detectors_of(alerts)


def test_the_two_sides_of_a_transfer_are_one() -> None:
    groups = _connected()
    groups.happen(*pays(100_000, "A", "B", 0))
    (leg,) = groups.state().legs
    assert leg.given is not None
    assert leg.taken is not None


def test_both_ends_of_a_transfer_are_named_even_while_only_one_was_heard_of() -> None:
    groups = _connected()
    (alert,) = groups.happen(*pays(3_000_000, "A", "B", 0)[:1])
    assert alert.members is not None
    assert {one.customer_id: one.transaction_ids for one in alert.members} == {
        "A": [f"T{groups.sent}"],
        "B": [],
    }


def test_a_groups_alert_is_never_taken_for_a_customers() -> None:
    assert group_alert_id("X", _DAY) != alert_id("X", _DAY)


def test_the_groups_grade_is_its_riskiest_members() -> None:
    groups = Groups()
    groups.connect("A", "B")
    groups.connect("C", risk_grade="high")
    groups.happen(*BUSINESS)
    (alert, *_) = groups.happen(*pays(3_000_000, "A", "B", 0))
    assert alert.risk_grade == "high"


def test_a_detector_on_trial_is_written_down_and_no_investigator_sees_it() -> None:
    text = POLICY.document.model_dump_json().replace(
        '"group_detectors":{"group-round-trip":{"mode":"active"',
        '"group_detectors":{"group-round-trip":{"mode":"shadow"',
    )
    policy = load_policy(
        text, detectors=frozenset(POLICY.modes), group_detectors=frozenset(POLICY.group_modes)
    )
    groups = Groups(policy)
    groups.connect("A", "B", "C")
    groups.happen(*BUSINESS)
    acts = (*pays(300_000, "A", "B", -1), *pays(297_000, "B", "C", -1, hour=12), *pays(294_000, "C", "A", 0))
    outcome = groups.post(*[fields_of(act, f"S{number}") for number, act in enumerate(acts)])
    assert [one.finding.detector for one in outcome.shadow_findings] == ["group-round-trip"]
    assert [one.customer_id for one in outcome.shadow_findings] == ["G1"]
    assert "group-round-trip" not in detectors_of(outcome.alerts)


def test_what_is_no_groups_posting_is_set_aside_with_its_reason() -> None:
    groups = _connected()
    good = groups.told[0].to_json()

    def reason(key: bytes | None, value: bytes | None) -> DeadLetterReason:
        record = SourceRecord("group-postings", 0, 9_999, -1, key, value)
        (letter,) = groups.hear([record]).dead_letters
        return letter.reason

    assert reason(None, good) == DeadLetterReason.NULL_KEY
    assert reason(b"G1", None) == DeadLetterReason.NULL_VALUE
    assert reason(b"G2", good) == DeadLetterReason.KEY_MISMATCH
    assert reason(b"G1", good[:-1]) == DeadLetterReason.MALFORMED_JSON
    assert reason(b"G1", good.replace(b"CNY", b"EUR")) == DeadLetterReason.NO_EXCHANGE_RATE
    assert reason(b"G1", good.replace(b'"near":false', b'"near":7')) == DeadLetterReason.INVALID_VALUE
    assert reason(b"G1", good + b" " * 70_000) == DeadLetterReason.TOO_LARGE
