"""Each record is judged by exactly one policy, the one in force at its own time; when releases arrive does not matter.

time      ──────┬───────────────┬──────────────►
in force  first │ release at t1 │ release at t2
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policies import load, read_policy, standalone_text
from monitor.batch import Outcome
from monitor.engine import Engine
from monitor.policy import Policy, PolicyError
from monitor.policy_book import PolicyBook, released_policy
from monitor.policy_source import Written, read_document
from monitor.story import Act
from monitor.switching import SwitchingEngine
from schemas import Alert, Finding, PolicyRelease
from schemas.fields import format_instant
from tests.laws.histories import Event, histories, postings
from tests.stories.bank import POLICY, ZONE, Bank, SourceRecord

_START_MS: Final = 1_900_000_000_000
"""Later than any posting of a history: none is in the future."""
_TEXT: Final = standalone_text("cn-pboc")
_STRICT: Final = (
    ("default: {threshold: 3}", "default: {threshold: 2}"),
    ("bands: {medium: 8, high: 17", "bands: {medium: 10, high: 30"),
)
_LENIENT: Final = (
    ("  structuring:\n", "  structuring:\n    mode: off\n"),
    ("  daily-volume:\n", "  daily-volume:\n    mode: shadow\n"),
)


def _load(written: Written) -> Policy:
    return load(written, ZONE)


def _release(version: str, from_ms: int, changes: Sequence[tuple[str, str]] = ()) -> PolicyRelease:
    text = _TEXT.replace('version: "2026.1"', f'version: "{version}"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return PolicyRelease.of(
        ("cn-pboc", version),
        text,
        author="A",
        approver="B",
        comment=None,
        effective_from=format_instant(from_ms),
        released_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


_POLICIES: Final = {
    version: released_policy(_release(version, _START_MS, changes), _load)
    for version, changes in (("strict", _STRICT), ("lenient", _LENIENT), ("same", ()))
}
_TIMES: Final = st.integers(_START_MS, _START_MS + 20)


def _book(releases: Sequence[tuple[str, int]]) -> PolicyBook:
    book = PolicyBook(POLICY)
    for version, from_ms in releases:
        book.put(_release(version, from_ms), _POLICIES[version])
    return book


@given(
    st.permutations([("strict", _START_MS + 5), ("lenient", _START_MS + 5), ("same", _START_MS + 9)]),
    _TIMES,
)
def test_the_order_in_which_releases_arrive_does_not_matter(
    releases: list[tuple[str, int]], at_ms: int
) -> None:
    expected = "2026.1" if at_ms < _START_MS + 5 else "strict" if at_ms < _START_MS + 9 else "same"
    assert _book(releases).at(at_ms).version == expected


def test_a_release_is_in_force_from_its_first_millisecond_and_no_sooner() -> None:
    book = _book([("strict", _START_MS)])
    assert [book.at(_START_MS + ms).version for ms in (-1, 0, 1)] == ["2026.1", "strict", "strict"]


def test_a_record_without_a_timestamp_is_judged_by_the_policy_before_all_releases() -> None:
    assert _book([("strict", _START_MS)]).at(-1) is POLICY


def test_a_release_again_replaces_the_one_of_its_version_and_a_withdrawn_one_is_gone() -> None:
    book = _book([("strict", _START_MS), ("strict", _START_MS + 7)])
    assert book.at(_START_MS + 6) is POLICY
    assert book.at(_START_MS + 7).version == "strict"
    book.withdraw(b"cn-pboc/strict")
    book.withdraw(b"cn-pboc/never-there")
    assert book.at(_START_MS + 7) is POLICY


def test_a_policy_in_another_currency_is_refused_and_nothing_changes() -> None:
    book = _book([("strict", _START_MS)])
    with pytest.raises(PolicyError, match="base_currency: has to stay CNY"):
        book.put(_release("dollars", _START_MS + 1), read_policy("us-bsa", ZONE))
    assert book.at(_START_MS + 5).version == "strict"


def test_a_release_of_another_policy_than_it_says_is_refused() -> None:
    release = _release("strict", _START_MS).model_copy(update={"version": "lenient"})
    with pytest.raises(PolicyError, match="cn-pboc lenient: its document is of cn-pboc strict"):
        released_policy(release, _load)


def test_a_release_that_leans_on_a_file_is_refused() -> None:
    with pytest.raises(PolicyError, match="line 1, extends: a document that stands alone is expected"):
        _load(read_document('extends: cn-pboc\nid: cn-pboc\nversion: "9"\n'))


@given(
    st.lists(_TIMES, max_size=12), st.lists(st.tuples(st.sampled_from(["strict", "lenient", "same"]), _TIMES))
)
def test_runs_are_the_records_in_their_order_each_under_its_own_policy(
    times: list[int], releases: list[tuple[str, int]]
) -> None:
    records = [SourceRecord("transactions", 0, n, at_ms, b"C1", b"") for n, at_ms in enumerate(times)]
    book = _book(releases)
    runs = book.runs(records)
    assert [record for _, run in runs for record in run] == records
    assert all(book.at(record.timestamp) is policy for policy, run in runs for record in run)
    assert all(one[0] is not other[0] for one, other in pairwise(runs))


@given(
    histories(most=25, repeats=True, reversals=True),
    st.lists(st.tuples(st.sampled_from(["strict", "lenient", "same"]), _TIMES), min_size=1, max_size=3),
    st.data(),
)
def test_a_batch_across_a_change_is_judged_as_its_records_one_by_one_each_by_its_own_policy(
    events: list[Event], releases: list[tuple[str, int]], data: st.DataObject
) -> None:
    records = _records(events, data.draw(st.lists(_TIMES, min_size=len(events), max_size=len(events))))
    book = _book(releases)
    whole = SwitchingEngine(book, Engine).process(records, {})
    states: dict[bytes, bytes] = {}
    singly = Outcome()
    for record in records:
        outcome = Engine(book.at(record.timestamp)).process([record], states)
        states |= outcome.states
        singly.alerts += outcome.alerts
        singly.dead_letters += outcome.dead_letters
        singly.shadow_findings += outcome.shadow_findings
        singly.tally.add(outcome.tally)
    assert whole.states == states
    assert whole.tally == singly.tally
    assert whole.alerts == singly.alerts
    assert whole.shadow_findings == singly.shadow_findings
    assert [letter.message_key() for letter in whole.dead_letters] == [
        letter.message_key() for letter in singly.dead_letters
    ]


def _records(events: list[Event], times: list[int]) -> list[SourceRecord]:
    bank = Bank()
    made = [bank.record(fields) for fields in postings(events)]
    return [record._replace(timestamp=at_ms) for record, at_ms in zip(made, times, strict=True)]


def test_an_alert_that_is_open_keeps_the_finding_of_a_detector_that_is_asked_no_more() -> None:
    #  posting   1 2 3 | 4 5 6 7 8 9
    #  policy    first | lenient: structuring is off
    cash = [
        Act(day=0, amount=45_000, who=None, channel="cash", hour=9 + n / 20, inbound=True) for n in range(9)
    ]
    records = _records([Event(act) for act in cash], [_START_MS + n for n in range(9)])
    book = _book([("lenient", _START_MS + 3)])
    alerts = SwitchingEngine(book, Engine).process(records, {}).alerts
    before = [_findings(alert) for alert in alerts if alert.policy_version == "2026.1"]
    after = [_findings(alert) for alert in alerts if alert.policy_version == "lenient"]
    assert len(before) + len(after) == len(alerts)
    assert all(findings["structuring"] == before[-1]["structuring"] for findings in after)
    assert after[-1].keys() > before[-1].keys()


def _findings(alert: Alert) -> dict[str, Finding]:
    return {finding.detector: finding for finding in alert.findings}
