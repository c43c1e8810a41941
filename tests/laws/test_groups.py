"""Groups: effectively once however often their postings are sent, and sums that are those of the members' postings.

source partition 0:   o1 o2 o3 o4 o5 …
heard:                o1 o2 o3 | o2 o3 o4 | o4 o5        a worker died twice; partitions mix as they like
"""

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calendar import day_of
from monitor.catalogue import GROUP_DETECTOR_IDS
from monitor.customer_state import StateFormatError
from monitor.group_detector import BUSINESS, GroupAct, brings, pays
from monitor.group_state import decode_group, encode_group
from monitor.policy import load_policy
from monitor.policy_document import QuietDefault
from monitor.stats.members import CAP
from monitor.story import TODAY
from schemas import GroupPosting, Source
from tests.stories.bank import POLICY, Fields, SourceRecord, detectors_of
from tests.stories.groups import Groups, fields_of, group_record

_BYTES = 16 * 1024
_QUIET_NEVER = QuietDefault(days=0, above=1.0, why="so that there is always an alert")
_MEMBERS = ("A", "B", "C")


@dataclass(frozen=True)
class Life:
    """What a group was told, by partition of the members' postings."""

    postings: tuple[tuple[GroupPosting, ...], ...]


@st.composite
def _lives(draw: st.DrawFn) -> Life:
    """Members on two partitions pay, earn and reverse; days mostly rise."""
    acts: list[GroupAct] = []
    day = -20
    for _ in range(draw(st.integers(1, 25))):
        day += draw(st.sampled_from((0, 0, 1, 2, 9)))
        amount = draw(st.sampled_from((45_000.0, 49_000.0, 300_000.0, 310_000.0, 1_200_000.0)))
        giver, taker = draw(st.sampled_from([(a, b) for a in _MEMBERS for b in _MEMBERS if a != b]))
        acts += draw(
            st.sampled_from(
                (
                    pays(amount, giver, taker, day),
                    brings(amount, giver, day),
                    pays(amount, giver, taker, day)[:1],
                )
            )
        )
    groups = Groups()
    groups.connect(*_MEMBERS)
    for number, act in enumerate(acts):
        fields = fields_of(act, f"T{number}")
        groups.post(fields)
        if draw(st.integers(0, 9)) == 0:
            groups.post(_reversal(fields, f"R{number}"))
    parts: tuple[list[GroupPosting], list[GroupPosting]] = ([], [])
    for offset, one in enumerate(groups.told):
        side = 0 if one.customer_id == "A" else 1
        source = Source(topic="transactions", partition=side, offset=offset)
        parts[side].append(one.model_copy(update={"source": source}))
    return Life(tuple(tuple(part) for part in parts))


def _reversal(fields: Fields, transaction_id: str) -> Fields:
    undone = "debit" if fields["direction"] == "credit" else "credit"
    return fields | {
        "transaction_id": transaction_id,
        "direction": undone,
        "reverses": fields["transaction_id"],
    }


def _mixed(life: Life, rng: Random) -> list[GroupPosting]:
    """One way in which the partitions' postings can come."""
    left = [list(part) for part in life.postings]
    heard = []
    while any(left):
        heard.append(rng.choice([part for part in left if part]).pop(0))
    return heard


def _sent_again(heard: list[GroupPosting], rng: Random) -> list[GroupPosting]:
    """The same with crashes in it: some of what a partition's worker sent last is sent again, before it goes on."""
    repeated: list[GroupPosting] = []
    for one in heard:
        repeated.append(one)
        if rng.random() < 0.3:
            part = one.source.partition
            mine = list(dict.fromkeys(p for p in map(_key, repeated) if p[0] == part))
            by_key = {_key(p): p for p in repeated}
            # A customer whose state was written already is not sent again: any part of the last stretch is.
            again = [by_key[key] for key in mine[-rng.randint(1, 6) :] if rng.random() < 0.8]
            repeated += again
    return repeated


def _key(posting: GroupPosting) -> tuple[int, int]:
    return posting.source.partition, posting.source.offset


def _records(postings: list[GroupPosting]) -> list[SourceRecord]:
    return [group_record(one, offset) for offset, one in enumerate(postings)]


@given(_lives(), st.integers(0, 2**32))
def test_what_is_sent_again_changes_neither_state_nor_alerts(life: Life, seed: int) -> None:
    rng = Random(seed)
    heard = _mixed(life, rng)
    once, often = Groups(), Groups()
    smooth = once.hear(_records(heard))
    repeated = _sent_again(heard, rng)
    rough = often.hear(_records(repeated))
    assert often.stored == once.stored
    assert [a.to_json() for a in rough.alerts] == [a.to_json() for a in smooth.alerts]
    assert rough.tally.fenced == len(repeated) - len(heard)


@given(_lives(), st.integers(0, 2**32), st.integers(0, 60))
def test_batch_borders_and_the_stored_form_change_nothing(life: Life, seed: int, border: int) -> None:
    records = _records(_mixed(life, Random(seed)))
    whole, parts = Groups(), Groups()
    together = whole.hear(records)
    cut = border % (len(records) + 1)
    apart = [a for batch in (records[:cut], records[cut:]) for a in parts.hear(batch).alerts]
    assert [a.to_json() for a in apart] == [a.to_json() for a in together.alerts]
    assert parts.stored == whole.stored
    raw = whole.stored[b"G1"]
    assert encode_group(decode_group(raw)) == raw


@given(_lives(), st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_sums_are_those_of_the_postings_in_whatever_order_partitions_come(
    life: Life, one: int, two: int
) -> None:
    left, right = Groups(), Groups()
    left.hear(_records(_mixed(life, Random(one))))
    right.hear(_records(_mixed(life, Random(two))))
    first, second = left.state(), right.state()
    assert (first.days, first.near_days) == (second.days, second.near_days)
    sums: Counter[tuple[int, bool]] = Counter()
    for posting in (p for part in life.postings for p in part):
        tile = day_of(posting.business_date), posting.direction == "credit"
        sums[tile] += -posting.amount_minor if posting.reverses else posting.amount_minor
    for (number, inbound), amount in sums.items():
        if number >= first.oldest_day:
            assert first.days.directed_sum(number, inbound=inbound) == amount


@given(_lives())
def test_a_group_has_one_alert_for_a_date_and_its_revisions_rise_by_one(life: Life) -> None:
    newest: dict[str, int] = {}
    dates: dict[str, object] = {}
    for alert in Groups().hear(_records(_mixed(life, Random(1)))).alerts:
        assert alert.revision == newest.get(alert.alert_id, 0) + 1
        newest[alert.alert_id] = alert.revision
        assert dates.setdefault(alert.alert_id, alert.business_date) == alert.business_date
    assert len(set(dates.values())) == len(dates)


@pytest.mark.parametrize(("width", "letter"), [(64, "x"), (21, "\u4e2d")])
def test_any_traffic_of_any_group_fits_in_sixteen_kibibytes(width: int, letter: str) -> None:
    """Twice as many members as are remembered, with the longest ids, and a posting of any kind all the time."""
    rng = Random(5)
    ids = [f"{number:{letter}>{width}}" for number in range(2 * CAP)]
    text = POLICY.document.model_copy(update={"quiet": _QUIET_NEVER}).model_dump_json()
    groups = Groups(
        load_policy(text, detectors=frozenset(POLICY.modes), group_detectors=frozenset(POLICY.group_modes))
    )
    groups.connect(*ids)
    largest, found = 0, set[str]()
    for number in range(3_000):
        giver, taker = rng.sample(ids, 2)
        day = -40 + number // 75
        amount = rng.choice([45_000, 49_000.0, 9_000_000_000_00.0, 1_900_000.0])
        (act,) = brings(amount, giver, day) if number % 3 else pays(amount, giver, taker, day)[:1]
        found |= detectors_of(groups.post(fields_of(act, f"{number:{letter}>{width}}")).alerts)
        largest = max(largest, len(groups.stored[b"G1"]))
    assert len(groups.state().members) >= CAP // 2
    assert len(groups.state().alerts) > 1
    assert len(found & GROUP_DETECTOR_IDS) >= 2, "the traffic is meant to set off many"
    assert largest <= _BYTES


def test_an_unheard_of_group_is_small_and_an_ordinary_one_below_two_kibibytes() -> None:
    groups = Groups()
    assert len(encode_group(groups.state())) < 60
    groups.connect(*_MEMBERS)
    groups.happen(*BUSINESS)
    assert groups.state().newest_day < TODAY
    assert len(groups.stored[b"G1"]) < 2048


@pytest.mark.parametrize("raw", [b"", b"\x9c", b"\x9c\x02", b"\x9c\x01", b"\xdc\x00\x14\x02"])
def test_damaged_or_foreign_bytes_are_no_state(raw: bytes) -> None:
    with pytest.raises(StateFormatError):
        decode_group(raw)
