"""What every detector of groups owes: its stories, its words, and that asking it changes nothing."""

import math
from collections.abc import Iterator
from string import Formatter
from typing import Final

import pytest

from monitor.catalogue import DETECTOR_IDS, GROUP_DETECTOR_IDS, GROUP_DETECTORS
from monitor.customer_state import FindingMemo
from monitor.detector import UNIT_NAMES, Observation
from monitor.explain import explain
from monitor.group_detector import GroupDetector, GroupStory
from monitor.group_learn import learn_group
from monitor.group_posting import Heard
from monitor.group_state import GroupState, encode_group
from monitor.policy import GRADES
from tests.stories.bank import POLICY, detectors_of
from tests.stories.groups import Groups

_BLANKS: Final = {"observed", "threshold", "usual", "window", "count"}
_RULES: Final = POLICY.group_rules("medium")
_every_detector = pytest.mark.parametrize("detector", GROUP_DETECTORS, ids=lambda detector: detector.id)


def _told(story: GroupStory) -> Iterator[tuple[bool, GroupState, Heard]]:
    """Whether each posting is today's, the group's past before it, and the posting."""
    state = GroupState()
    for today, heard in story.heard():
        yield today, state, heard
        learn_group(state, heard, _RULES)


def _answers(detector: GroupDetector, story: GroupStory) -> list[Observation]:
    answers = (detector.observe(state, heard, _RULES) for today, state, heard in _told(story) if today)
    return [answer for answer in answers if answer is not None]


@_every_detector
def test_it_fires_on_its_story(detector: GroupDetector) -> None:
    assert any(answer.fires for answer in _answers(detector, detector.fires))


@_every_detector
def test_it_leaves_its_near_miss_alone(detector: GroupDetector) -> None:
    assert not any(answer.fires for answer in _answers(detector, detector.near_miss))


@_every_detector
def test_its_story_reaches_the_investigators(detector: GroupDetector) -> None:
    """The same postings as JSON, through the cores of both streams."""
    groups = Groups()
    groups.connect("A", "B", "C")
    quiet_since = -POLICY.document.quiet.days
    groups.happen(*(act for act in detector.fires.acts if act.day < quiet_since))
    alerts = groups.happen(*(act for act in detector.fires.acts if act.day >= quiet_since))
    assert detector.id in detectors_of(alerts)
    last = alerts[-1]
    assert (last.group_id, last.customer_id, last.profile) == ("G1", "G1", None)
    assert last.members is not None
    assert len(last.members) >= 2
    of_members = [name for member in last.members for name in member.transaction_ids]
    assert sorted(of_members) == sorted(last.transaction_ids)
    posted = {(one.customer_id, one.transaction_id) for one in groups.told}
    assert posted >= {
        (member.customer_id, name) for member in last.members for name in member.transaction_ids
    }


@_every_detector
def test_its_near_miss_does_not_reach_them(detector: GroupDetector) -> None:
    groups = Groups()
    groups.connect("A", "B", "C")
    assert detector.id not in detectors_of(groups.happen(*detector.near_miss.acts))


@_every_detector
def test_it_answers_for_a_group_never_heard_of_before(detector: GroupDetector) -> None:
    for other in GROUP_DETECTORS:
        for _, heard in other.fires.heard():
            answer = detector.observe(GroupState(), heard, _RULES)
            assert answer is None or not answer.fires


@_every_detector
def test_asking_changes_nothing_and_gives_the_same_answer_twice(detector: GroupDetector) -> None:
    for other in GROUP_DETECTORS:
        for _, state, heard in _told(other.fires):
            before = encode_group(state)
            assert detector.observe(state, heard, _RULES) == detector.observe(state, heard, _RULES)
            assert encode_group(state) == before


@_every_detector
def test_its_numbers_are_finite_and_its_window_is_a_window(detector: GroupDetector) -> None:
    for other in GROUP_DETECTORS:
        for _, state, heard in _told(other.fires):
            answer = detector.observe(state, heard, _RULES)
            if answer is None:
                continue
            assert math.isfinite(answer.observed)
            assert answer.observed > 0
            assert answer.threshold > 0
            assert math.isfinite(answer.threshold)
            assert answer.usual is None or answer.usual >= 0
            assert answer.first_day <= heard.day <= answer.last_day
            assert answer.count >= 1
            assert heard.name not in (answer.evidence or ())


@_every_detector
def test_a_riskier_group_is_asked_no_later(detector: GroupDetector) -> None:
    thresholds = [POLICY.group_rules(grade).limits[detector.id].threshold for grade in GRADES]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] > thresholds[-1]


@_every_detector
def test_it_is_documented_in_both_languages(detector: GroupDetector) -> None:
    for text in (detector.question, detector.typology, detector.source, detector.runbook, detector.explain):
        assert text.strip() == text != ""
    for text in (detector.question_zh, detector.explain_zh):
        assert any("一" <= letter <= "鿿" for letter in text)
    assert detector.question.endswith("?")
    assert detector.question_zh.endswith(("?", "\uff1f"))
    assert detector.fires.text != detector.near_miss.text != ""
    assert [f"{step}. " in detector.runbook for step in (1, 2, 3)] == [True] * 3


@_every_detector
def test_its_sentences_use_the_blanks_there_are_and_say_the_unit(detector: GroupDetector) -> None:
    for template in (detector.explain, detector.explain_zh):
        blanks = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        assert {"observed", "window"} <= blanks <= _BLANKS
    memo = FindingMemo(
        detector.id, 2345678.0, 3456789.0, None, None, None, 2.0, 0.1, 0.5, 20_500, 20_514, 3, []
    )
    english, chinese = explain(detector, memo, "CNY")
    assert ("CNY 23,456.78" if detector.unit == "money" else "postings") in english
    assert ("CNY 23,456.78" if detector.unit == "money" else "笔") in chinese


def test_every_detector_is_in_the_policy_under_its_own_name() -> None:
    assert len(GROUP_DETECTOR_IDS) == len(GROUP_DETECTORS)
    assert set(POLICY.document.group_detectors) == GROUP_DETECTOR_IDS
    assert not GROUP_DETECTOR_IDS & DETECTOR_IDS
    assert all(len(detector.why) > 10 for detector in POLICY.document.group_detectors.values())
    assert {detector.unit for detector in GROUP_DETECTORS} <= UNIT_NAMES.keys()
