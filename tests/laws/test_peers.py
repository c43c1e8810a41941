"""Peers: sketches add up and are nearly right, small groups give way to wider ones, and every record has its edition."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.catalogue import DETECTOR_IDS
from monitor.customer_state import CustomerState, decode
from monitor.learn import learn, weigh
from monitor.peers import MOST_BYTES, OTHER, PeerBook, Summing, figures_of, key_of, successor
from monitor.profile import Profile
from monitor.stats import standings
from monitor.stats.peers import PeerKey, Snapshot
from monitor.stats.sketch import ACCURACY, LogSketch
from monitor.story import TODAY, Story, paid_in, paid_out
from schemas import PeerEdition, PeerPart
from tests.stories.bank import POLICY, Bank, posting_of

_VALUES = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1e15)), max_size=60)
_FEBRUARY = 2026 * 12 + 1


def _sketch(values: list[float]) -> LogSketch:
    sketch = LogSketch()
    for value in values:
        sketch.add(value)
    return sketch


def _joined(*sketches: LogSketch) -> LogSketch:
    joined = LogSketch()
    joined.merge(sketches)
    return joined


@given(_VALUES, _VALUES, _VALUES)
def test_sketches_add_up_in_whatever_order(one: list[float], two: list[float], three: list[float]) -> None:
    a, b, c = _sketch(one), _sketch(two), _sketch(three)
    assert _joined(a, b) == _joined(b, a) == _sketch(one + two)
    assert _joined(_joined(a, b), c) == _joined(a, _joined(b, c)) == _sketch(one + two + three)
    assert _joined(a, LogSketch()) == a
    assert len(_joined(a, b, c)) == len(one + two + three)


@given(_VALUES.filter(bool), st.floats(0, 1))
def test_a_quantile_is_off_by_at_most_a_twentieth_of_itself(values: list[float], share: float) -> None:
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    found = _sketch(values).quantile(share)
    assert found == pytest.approx(exact, rel=ACCURACY * 1.0001)


def test_of_nobody_every_quantile_is_nothing() -> None:
    assert LogSketch().quantile(0.5) == 0.0


def _customer(profile: Profile, volume: float) -> CustomerState:
    """One who moved that much in February."""
    state = CustomerState()
    state.declare(profile)
    story = Story("", (*paid_in(volume / 2, -20), *paid_out(volume / 2, -10)))
    rules = POLICY.rules_for(profile.kind, None)
    for _, posting in story.postings():
        weigh([(state, posting, rules)])
        learn([(state, posting, rules)])
    return state


def _edition(states: list[CustomerState], as_of: int = TODAY, since_ms: int = 0) -> PeerEdition:
    summing = Summing(as_of, DETECTOR_IDS)
    for state in states:
        summing.add(state)
    return summing.edition(since_ms, "CNY")


_SHOP = Profile(kind="company", industry="Retail ", turnover_minor=8_000_000)
_LARGE = Profile(kind="company", industry="retail", turnover_minor=80_000_000)
_BAR = Profile(kind="company", industry="bar", turnover_minor=9_900_000)
_CLERK = Profile(kind="person", occupation="clerk", income_minor=900_000)


@given(
    st.lists(st.tuples(st.sampled_from([_SHOP, _LARGE, _BAR, _CLERK]), st.integers(100, 10**6)), max_size=12),
    st.data(),
)
def test_parts_joined_are_the_sum_of_all_customers(
    people: list[tuple[Profile, int]], data: st.DataObject
) -> None:
    states = [_customer(profile, float(volume)) for profile, volume in people]
    parts: list[list[CustomerState]] = [[], [], []]
    for state in states:
        data.draw(st.sampled_from(parts)).append(state)
    whole = Snapshot([_edition(states)])
    joined = Snapshot([_edition(part) for part in data.draw(st.permutations(parts))])
    for profile in (_SHOP, _LARGE, _BAR, _CLERK):
        for least in (1, 3, 30):
            assert joined.peers_of(key_of(profile), least) == whole.peers_of(key_of(profile), least)


def test_peers_are_of_one_kind_industry_and_decade() -> None:
    assert key_of(_SHOP) == PeerKey("company", "retail", "10^6")
    assert key_of(_LARGE) == PeerKey("company", "retail", "10^7")
    assert key_of(_CLERK) == PeerKey("person", "clerk", "10^5")
    assert key_of(Profile(kind="person")) == PeerKey("person", "undeclared", "undeclared")
    assert key_of(Profile()) is None, "without a record nobody is comparable"


@pytest.mark.parametrize(
    ("shops", "bars", "large", "expected"),
    [
        (30, 0, 0, "company × retail × 10^6"),
        (29, 1, 0, "company × 10^6"),
        (20, 5, 5, "company"),
        (20, 5, 4, None),
    ],
)
def test_too_few_peers_give_way_to_wider_ones(
    shops: int, bars: int, large: int, expected: str | None
) -> None:
    states = [_customer(_SHOP, 100.0)] * shops + [_customer(_BAR, 100.0)] * bars
    states += [_customer(_LARGE, 100.0)] * large + [_customer(_CLERK, 100.0)] * 100
    peers = Snapshot([_edition(states)]).peers_of(key_of(_SHOP), 30)
    assert (None if peers is None else str(peers.key)) == expected
    if peers is not None:
        assert str(peers) == f"{expected}, 30 customers, 2026-02"


def test_a_customers_figures_are_those_of_the_closed_month() -> None:
    bank = Bank()
    bank.declare(kind="company")
    acts = (*paid_in(700, -10, channel="cash"), *paid_out(300, -5), *paid_in(9_000, 0))
    bank.post(*[posting_of(act, f"T{number}") for number, act in enumerate(acts)])
    state = decode(bank.stored[b"C1"])
    assert figures_of(state, _FEBRUARY) == (100_000, 2, 700)
    assert figures_of(state, _FEBRUARY - 1) is None
    peers = Snapshot([_edition([state] * 3)]).peers_of(key_of(state.profile), 3)
    assert peers is not None
    assert peers.median_minor == pytest.approx(100_000, rel=ACCURACY)
    assert peers.postings == pytest.approx(2, rel=ACCURACY)
    assert peers.cash_share == pytest.approx(0.7, rel=ACCURACY)


def test_limit_and_deviations_are_each_others_inverse() -> None:
    states = [_customer(_SHOP, 1000.0 * 1.3**n) for n in range(20)]
    peers = Snapshot([_edition(states)]).peers_of(key_of(_SHOP), 2)
    assert peers is not None
    assert peers.deviations(peers.limit_minor(3.5)) == pytest.approx(3.5)
    assert peers.deviations(peers.median_minor / 2) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 500)), min_size=1, max_size=8), st.integers(0, 700)
)
def test_a_record_is_judged_by_the_newest_edition_of_each_part_at_its_time(
    published: list[tuple[int, int]], at_ms: int
) -> None:
    """Whatever has been published since: as long as an edition is among the two newest of its partition."""
    book, everything = PeerBook(), dict[int, list[PeerEdition]]()
    for number, (partition, since_ms) in enumerate(sorted(published, key=lambda one: one[1])):
        edition = _edition([], TODAY + 31 * number, since_ms)
        book.put(successor(partition, edition, book.editions(partition)))
        everything.setdefault(partition, []).append(edition)
    kept = {partition: editions[-2:] for partition, editions in everything.items()}
    in_force = [
        [one for one in editions if one.effective_from_ms <= at_ms][-1:] for editions in kept.values()
    ]
    expected = max((one.month for part in in_force for one in part), default=None)
    snapshot = book.at(at_ms)
    assert (None if snapshot is None else snapshot.version) == expected
    newest = book.at(-1)
    assert newest is not None
    assert newest.version == max(editions[-1].month for editions in everything.values())


def test_between_two_editions_the_snapshot_is_one_and_the_same() -> None:
    book = PeerBook()
    assert book.at(5) is None
    book.put(successor(0, _edition([], since_ms=100), ()))
    book.put(successor(1, _edition([], since_ms=200), ()))
    assert book.at(99) is None
    for before, after in pairwise((100, 150, 199)):
        assert book.at(before) is book.at(after)
    assert book.at(199) is not book.at(200)


def test_a_part_is_read_back_as_it_was_written() -> None:
    part = successor(3, _edition([_customer(_SHOP, 100.0), _customer(_CLERK, 5.0)]), ())
    assert PeerPart.model_validate_json(part.to_json()) == part
    assert part.message_key() == b"3"


def test_an_edition_of_too_many_groups_joins_the_smallest_of_them_and_loses_nobody() -> None:
    state = _customer(_SHOP, 100.0)
    summing = Summing(TODAY, DETECTOR_IDS)
    for number in range(2_000):
        for _ in range(2 if number < 10 else 1):
            state.__dict__["profile"] = Profile(kind="company", industry=f"industry {number}")
            summing.add(state)
    edition = summing.edition(0, "CNY")
    assert len(edition.model_copy(update={"standings": ""}).model_dump_json()) <= MOST_BYTES
    customers = {group.industry: group.customers for group in edition.groups if group.size is not None}
    assert customers.pop(None) == sum(customers.values()) == 2_010
    assert customers[OTHER] >= 1_000
    assert all(customers[f"industry {number}"] == 2 for number in range(10))
    kinds = [group.customers for group in edition.groups if group.size is None]
    assert kinds == [2_010]


_met = st.lists(
    st.tuples(st.integers(1, 2**32 - 1), st.integers(0, 500), st.integers(0, 500), st.floats(0, 900)),
    max_size=40,
    unique_by=lambda account: account[0],
)


@given(_met)
def test_standings_are_of_those_who_stand_out_and_nearly_right(
    accounts: list[tuple[int, int, int, float]],
) -> None:
    found = dict(standings.read(standings.written(accounts)))
    for key, met_in, met_out, record in accounts:
        if max(met_in, met_out) >= 6 or record >= standings.LEAST_RECORD:
            known = found.pop(key)
            assert known.ways_in == pytest.approx(1 + met_in, rel=0.42)
            assert known.ways_out == pytest.approx(1 + met_out, rel=0.42)
            assert known.record == pytest.approx(min(record, 655.35), abs=0.006)
    assert all(standing.record < 0.1 and max(standing[:2]) <= 8 for standing in found.values())


def test_a_stranger_who_deals_with_many_makes_a_link_likelier() -> None:
    known = standings.Standing(ways_in=32.0, ways_out=2.0, record=0.0)
    assert standings.log_ways(known, inbound=True) == pytest.approx(math.log(4))
    assert standings.log_ways(known, inbound=False) == 0.0
    assert standings.log_ways(None, inbound=True) == 0.0


@pytest.mark.parametrize(("speaking", "trust"), [(0, 1.0), (1, 0.4), (2, 0.2), (200, 0.002)])
def test_who_suspects_more_customers_than_can_be_is_believed_the_less(speaking: int, trust: float) -> None:
    """Two postings of each of 200 customers: one in a thousand gives reason."""
    quiet, loud = (_customer(_CLERK, 100.0) for _ in range(2))
    loud.raised.note("velocity", TODAY - 1, 2.0)
    loud.newest_day = quiet.newest_day = TODAY
    snapshot = Snapshot([_edition([loud] * speaking + [quiet] * (200 - speaking))])
    assert snapshot.trust("velocity") == pytest.approx(trust)
    assert snapshot.trust("structuring") == 1.0


def test_what_was_said_long_ago_is_no_claim() -> None:
    state = _customer(_CLERK, 100.0)
    state.newest_day = TODAY
    state.raised.note("velocity", TODAY - 30, 2.0)
    assert Snapshot([_edition([state])]).trust("velocity") == 1.0
