"""Risk grades: from the record, the past and the policy alone; never below what was declared; every point has its reason."""

from itertools import pairwise
from typing import Final

from hypothesis import event, given, settings
from hypothesis import strategies as st

from monitor.assessment import RANK, Assessment
from monitor.customer_state import decode, encode
from monitor.grading import MOST, grade_of, points_of
from monitor.policy import GRADES
from schemas import RiskGradeChange
from tests.laws.histories import Event, histories, known_customer, postings
from tests.stories.bank import POLICY, Bank, Fields, SourceRecord

_GRADING: Final = POLICY.document.grading

_records: Final[st.SearchStrategy[Fields]] = st.fixed_dictionaries(
    {"customer_id": st.just("C1"), "kind": st.sampled_from(["person", "company", "institution"])},
    optional={
        "risk_grade": st.sampled_from(GRADES),
        "is_pep": st.booleans(),
        "list_tags": st.sampled_from([[], ["watch"], ["sanctions", "media"]]),
        "country": st.sampled_from(["CN", "CY", "IR", "FR"]),
        "industry": st.sampled_from(["trade", "casino", "restaurant"]),
        "occupation": st.sampled_from(["teacher", "auctioneer", "pawnbroker"]),
        "opened_on": st.sampled_from(["2010-01-01", "2026-01-15"]),
        "effective_from": st.sampled_from(["2020-05-01", "2026-02-01", "2026-03-20", "2026-07-01"]),
        "beneficial_owners": st.sampled_from([[], ["C2"], ["C2", "C3", "C4", "C5", "C6"]]),
    },
).map(dict[str, object])
_few: Final = settings(max_examples=30)
_abroad: Final = st.sampled_from([None, None, None, "IR", "KY", "DE"])


@st.composite
def _lives(draw: st.DrawFn) -> list[tuple[str, Fields]]:
    """A customer's postings, some of them with other countries, and records between them."""
    sent: list[tuple[str, Fields]] = []
    events: list[Event] = draw(histories(most=20, repeats=True, reversals=True, first_day=-3))
    for fields in postings(events):
        if draw(st.integers(0, 5)) == 0:
            sent.append(("customers", draw(_records)))
        country = draw(_abroad)
        sent.append(("transactions", fields | ({"counterparty_country": country} if country else {})))
    return sent


def _sent(bank: Bank, life: list[tuple[str, Fields]]) -> list[SourceRecord]:
    return [bank.record(fields, topic) for topic, fields in life]


def _changes(bank: Bank, life: list[tuple[str, Fields]]) -> list[RiskGradeChange]:
    return bank.process(_sent(bank, life)).risk_grades


@given(_lives())
def test_the_same_records_give_the_same_grades(life: list[tuple[str, Fields]]) -> None:
    together, apart = known_customer(), known_customer()
    changes = _changes(together, life)
    event(f"changes: {len(changes)}")
    one_by_one = [change for record in _sent(apart, life) for change in apart.process([record]).risk_grades]
    assert [change.to_json() for change in changes] == [change.to_json() for change in one_by_one]
    assert together.stored == apart.stored


@given(_lives())
def test_replaying_a_stored_batch_changes_no_grade(life: list[tuple[str, Fields]]) -> None:
    bank = known_customer()
    records = _sent(bank, life)
    bank.process(records)
    stored = dict(bank.stored)
    again = bank.process(records)
    assert (again.risk_grades, sum(again.tally.grade_changes.values())) == ([], 0)
    assert bank.stored == stored


@_few
@given(_lives())
def test_a_grade_is_never_below_the_declared_one(life: list[tuple[str, Fields]]) -> None:
    for change in _changes(known_customer(), life):
        assert RANK[change.grade] == max(RANK[change.declared_grade], RANK[change.assessed_grade])


@_few
@given(_lives())
def test_every_point_has_its_reason(life: list[tuple[str, Fields]]) -> None:
    for change in _changes(known_customer(), life):
        assert change.score == min(MOST, sum(factor.points for factor in change.factors))
        assert change.assessed_grade == GRADES[grade_of(change.score, POLICY)]
        for factor in change.factors:
            assert factor.explanation.endswith(".")
            assert factor.explanation_zh.endswith("\u3002")


@_few
@given(_lives())
def test_a_change_follows_on_the_one_before_it(life: list[tuple[str, Fields]]) -> None:
    changes = _changes(known_customer(), life)
    assert all(change.grade != change.previous_grade for change in changes)
    assert all(former.grade == later.previous_grade for former, later in pairwise(changes))
    for change in changes:
        assert RiskGradeChange.model_validate_json(change.to_json()) == change


@_few
@given(_lives())
def test_the_next_review_comes_within_the_months_of_the_grade(life: list[tuple[str, Fields]]) -> None:
    for change in _changes(known_customer(), life):
        assert change.assessed_on is not None
        assert change.next_review_on is not None
        months = getattr(_GRADING.review_months, change.grade)
        assert 0 < (change.next_review_on - change.assessed_on).days <= months * 31


@given(_lives())
def test_the_grade_that_was_told_is_the_one_that_alerts_are_judged_by(life: list[tuple[str, Fields]]) -> None:
    """Without late postings and records for other dates, which are judged by what held on their dates."""
    bank = known_customer()
    newest, told = "0000", "medium"
    for topic, fields in life:
        if topic == "customers":
            outcome = bank.process([bank.record(fields | {"effective_from": "2020-05-01"}, topic)])
        elif str(fields["booked_at"]) < newest:
            continue
        else:
            newest = str(fields["booked_at"])
            outcome = bank.post(fields)
        reviewed = [change for change in outcome.risk_grades if change.reason == "review"]
        told = reviewed[-1].grade if reviewed else told
        assert {alert.risk_grade for alert in outcome.alerts} <= {told}
        told = outcome.risk_grades[-1].grade if outcome.risk_grades else told


@_few
@given(_lives())
def test_a_state_keeps_its_assessment_in_sixteen_bytes(life: list[tuple[str, Fields]]) -> None:
    bank = known_customer()
    with_it = _process_and_size(bank, life)
    state = bank.state()
    state.assessment = Assessment()
    assert with_it - len(encode(state)) <= 16 - len(Assessment.__struct_fields__) - 1


def _process_and_size(bank: Bank, life: list[tuple[str, Fields]]) -> int:
    bank.process(_sent(bank, life))
    return len(bank.stored[b"C1"])


@given(st.integers(1, 60), st.integers(0, 400), st.integers(1, 365))
def test_alerts_are_forgotten_by_half_in_each_half_life(points: int, days: int, half_life: int) -> None:
    memory = Assessment()
    memory.remember(points, 20_000, half_life)
    assert memory.remembered(20_000, half_life) == points
    at, later = 20_000 + days, 20_000 + days + half_life
    assert abs(memory.remembered(later, half_life) - memory.remembered(at, half_life) / 2) < 1e-9


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(-5, 60)), max_size=30))
def test_more_alerts_never_lower_the_memory(added: list[tuple[int, int]]) -> None:
    memory, day = Assessment(), 20_000
    for points, step in added:
        day += step
        before = memory.remembered(max(day, memory.memory_day), 90)
        memory.remember(points, day, 90)
        assert memory.remembered(max(day, memory.memory_day), 90) >= min(before, 200) - 0.05


@given(_lives(), _records)
def test_asking_for_the_points_changes_nothing(life: list[tuple[str, Fields]], record: Fields) -> None:
    bank = known_customer()
    bank.process(_sent(bank, [*life, ("customers", record)]))
    raw = bank.stored[b"C1"]
    state = decode(raw)
    first = list(points_of(state, state.newest_day, POLICY))
    assert list(points_of(state, state.newest_day, POLICY)) == first
    assert encode(state) == raw
