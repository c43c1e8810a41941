"""Effectively once: repeats, crashes, batch borders and the stored form change nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.batch import Outcome
from monitor.customer_state import StateFormatError, decode, encode
from monitor.stats.recent import DIGESTS, KEPT
from monitor.story import paid_in
from schemas import Alert, DeadLetter
from tests.laws.histories import Event, histories, known_customer, postings
from tests.stories.bank import Bank, Fields, SourceRecord


def _json(values: list[Alert] | list[DeadLetter]) -> list[bytes]:
    return [value.to_json() for value in values]


def _batches(records: list[SourceRecord], borders: list[int]) -> list[list[SourceRecord]]:
    cuts = sorted({0, len(records), *(border % (len(records) + 1) for border in borders)})
    return [records[start:end] for start, end in pairwise(cuts)]


def _records(bank: Bank, sent: list[Fields]) -> list[SourceRecord]:
    return [bank.record(fields) for fields in sent]


_everything = histories(repeats=True, reversals=True, first_day=-3)


@given(_everything, st.lists(st.integers(0, 40), max_size=8))
def test_batch_borders_change_nothing(events: list[Event], borders: list[int]) -> None:
    whole, parts = known_customer(), known_customer()
    sent = postings(events)
    records = _records(whole, sent)
    together = whole.process(records)
    outcomes = [parts.process(batch) for batch in _batches(records, borders)]
    assert [a for o in outcomes for a in _json(o.alerts)] == _json(together.alerts)
    assert [d for o in outcomes for d in _json(o.dead_letters)] == _json(together.dead_letters)
    assert parts.stored == whole.stored


@given(_everything, st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_customers_taken_abreast_are_judged_as_each_would_be_alone(
    events: list[Event], whose: list[int]
) -> None:
    abreast, alone = Bank(keep_scores=True), Bank(keep_scores=True)
    sent = [
        fields | {"customer_id": f"C{whose[place % len(whose)]}"}
        for place, fields in enumerate(postings(events))
    ]
    records = _records(abreast, sent)
    together = abreast.process(records)
    outcomes = [alone.process([record]) for record in records]
    assert [a for o in outcomes for a in _json(o.alerts)] == _json(together.alerts)
    assert [d for o in outcomes for d in _json(o.dead_letters)] == _json(together.dead_letters)
    assert [score for o in outcomes for score in o.scores or ()] == together.scores
    assert alone.stored == abreast.stored


@given(_everything)
def test_a_state_stored_after_every_record_is_the_state_stored_once(events: list[Event]) -> None:
    once, always = known_customer(), known_customer()
    records = _records(once, postings(events))
    alerts = [alert for record in records for alert in always.process([record]).alerts]
    assert _json(once.process(records).alerts) == _json(alerts)
    assert once.stored == always.stored


@given(_everything)
def test_the_stored_form_is_read_back_as_it_was(events: list[Event]) -> None:
    bank = known_customer()
    bank.post(*postings(events))
    raw = bank.stored[b"C1"]
    assert encode(decode(raw)) == raw
    assert decode(encode(decode(raw))) == decode(raw)


@given(_everything, st.integers(0, 40))
def test_replaying_a_stored_batch_changes_nothing(events: list[Event], crash: int) -> None:
    """A crash after the states were stored: the batch comes again, alone or as the head of a longer one."""
    bank, smooth = known_customer(), known_customer()
    records = _records(bank, postings(events))
    head, tail = records[: crash % (len(records) + 1)], records[crash % (len(records) + 1) :]
    bank.process(head)
    stored = dict(bank.stored)
    again = bank.process(head)
    assert (again.alerts, again.dead_letters, again.tally.applied) == ([], [], 0)
    assert again.tally.fenced == len(head)
    assert bank.stored == stored
    assert set(again.states) == ({b"C1"} if head else set()), "what was fenced is still written again"
    smooth.process(head)
    expected = smooth.process(tail)
    assert _json(bank.process(records).alerts) == _json(expected.alerts)
    assert bank.stored == smooth.stored


@given(_everything)
def test_a_batch_that_was_not_stored_is_judged_the_same_again(events: list[Event]) -> None:
    """A crash after the alerts were sent and before the states were stored."""
    first, second = known_customer(), known_customer()
    records = _records(first, postings(events))
    one, two = first.process(records), second.process(records)
    assert _said(one) == _said(two)


def _said(outcome: Outcome) -> list[tuple[bytes, bytes]]:
    return [(letter.message_key(), letter.to_json()) for letter in outcome.dead_letters] + [
        (alert.alert_id.encode(), alert.to_json()) for alert in outcome.alerts
    ]


@given(_everything, st.data())
def test_a_repeat_changes_nothing_but_the_offset(events: list[Event], data: st.DataObject) -> None:
    bank = known_customer()
    sent = postings(events)
    applied = [fields for fields in sent if bank.post(fields).tally.applied]
    for fields in data.draw(st.lists(st.sampled_from(applied), max_size=5)) if applied else []:
        before = bank.state()
        outcome = bank.post(fields)
        after = bank.state()
        too_old = [letter.reason.value for letter in outcome.dead_letters] == ["too_late"]
        assert outcome.tally.duplicates == (0 if too_old else 1)
        assert outcome.alerts == []
        assert after.transactions_offset == bank.offset
        after.transactions_offset = before.transactions_offset
        assert encode(after) == encode(before)


@given(st.integers(KEPT + 1, KEPT + DIGESTS))
def test_a_repeat_is_recognised_hundreds_of_postings_later(count: int) -> None:
    bank = Bank()
    template = postings([Event(paid_in(5.0, 0)[0])])[0]
    bank.post(*[template | {"transaction_id": f"P{n}"} for n in range(count)])
    assert bank.post(template | {"transaction_id": "P0"}).tally.duplicates == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x90",
        b"\x01",
        b"\x01\xc1",
        b"\x01\x93\x01\x02\x03",
        b"\xdc\x00\x14\x02",
        b"\xdc\x00\x14\x01\x93",
    ],
)
def test_damaged_or_foreign_bytes_are_no_state(raw: bytes) -> None:
    with pytest.raises(StateFormatError):
        decode(raw)


@given(_everything)
def test_customers_do_not_touch_one_another(events: list[Event]) -> None:
    """Two customers live the same, their records interleaved."""
    alone, together = Bank(), Bank()
    sent = postings(events)
    alone_alerts = _json(alone.post(*sent).alerts)
    outcome = together.post(*[f | {"customer_id": c} for f in sent for c in ("C1", "C2")])
    assert len([a for a in outcome.alerts if a.customer_id == "C2"]) == len(alone_alerts)
    mine, theirs = together.state("C1"), together.state("C2")
    mine.transactions_offset = theirs.transactions_offset = 0
    assert encode(mine) == encode(theirs)
