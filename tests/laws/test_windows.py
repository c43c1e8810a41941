"""What is kept incrementally is what a recount of the plain list of postings gives."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.customer_state import CustomerState
from monitor.stats.months import _WIDTH
from monitor.stats.tiles import Ring, Tile
from monitor.story import Act, paid_in
from tests.laws import naive
from tests.laws.histories import Event, histories, postings
from tests.stories.bank import Bank, Fields

_RINGS = ("hours", "days", "cash_days", "near_days")


def _kept(state: CustomerState) -> dict[str, naive.Cells]:
    return {name: naive.plain(getattr(state, name)) for name in _RINGS}


def _recount(fields: list[Fields]) -> dict[str, naive.Cells]:
    counted = [naive.seen(posting) for posting in fields]
    return naive.rings(counted, max(posting.day for posting in counted))


@given(histories(repeats=True))
def test_tiles_are_what_a_recount_gives(events: list[Event]) -> None:
    sent = postings(events)
    bank = Bank()
    bank.post(*sent)
    assert _kept(bank.state()) == _recount(naive.accepted(sent))


@given(histories())
def test_months_are_what_a_recount_gives(events: list[Event]) -> None:
    sent = postings(events)
    bank = Bank()
    bank.post(*sent)
    counted = [naive.seen(posting) for posting in naive.accepted(sent)]
    newest, months = max(posting.month for posting in counted), bank.state().months
    assert naive.are_near(naive.plain_months(months), naive.months(counted, newest))
    assert naive.are_near(naive.plain_cash(months), naive.cash(counted, newest))
    assert naive.are_near(naive.plain_peaks(months), naive.peaks(counted, newest))


@given(histories())
def test_open_months_are_exact(events: list[Event]) -> None:
    sent = postings(events)
    bank = Bank()
    bank.post(*sent)
    counted = [naive.seen(posting) for posting in naive.accepted(sent)]
    months, recount = bank.state().months, naive.months(counted, max(posting.month for posting in counted))
    kept, still_open = naive.plain_months(months), months.cells[::_WIDTH]
    assert still_open
    assert {month: kept[month] for month in still_open} == {month: recount[month] for month in still_open}


@given(histories())
def test_no_kept_days_hold_more_than_the_open_months(events: list[Event]) -> None:
    bank = Bank()
    bank.post(*postings(events))
    state = bank.state()
    assert state.months.open_sum >= state.days.total(state.oldest_day, state.newest_day).sum


@given(histories())
def test_every_record_is_applied_or_set_aside(events: list[Event]) -> None:
    sent = postings(events)
    outcome = Bank().post(*sent)
    assert outcome.tally.applied == len(naive.accepted(sent))
    assert outcome.tally.applied + len(outcome.dead_letters) == len(sent)


def test_late_posting_lands_in_its_own_day() -> None:
    #  -40    -34              -3      0
    #   |gone  |oldest kept     |late   |newest
    bank = Bank()
    first, late, oldest, gone = postings([Event(a) for a in _single_acts(0, -3, -34, -35)])
    outcome = bank.post(first, late, oldest, gone)
    newest = bank.state().newest_day
    assert sorted(bank.state().days) == [newest - 34, newest - 3, newest]
    assert outcome.tally.late == 2
    assert [letter.reason.value for letter in outcome.dead_letters] == ["too_late"]


def _single_acts(*days: int) -> list[Act]:
    return [act for day in days for act in paid_in(100.0, day)]


_moves = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10**12), st.booleans()), max_size=30)
Moves = list[tuple[int, int, bool]]


def _ring(moves: Moves) -> Ring:
    ring = Ring()
    for index, amount, inbound in moves:
        ring.add(index, amount, 1, inbound=inbound)
    return ring


def _sum(moves: Moves) -> Tile:
    """Tiles by hand."""
    into, out = ([amount for _, amount, inbound in moves if inbound is side] for side in (True, False))
    return Tile(len(into), sum(into), len(out), sum(out))


@given(_moves, st.randoms(use_true_random=False))
def test_the_order_of_postings_does_not_matter_to_tiles(moves: Moves, chance: Random) -> None:
    """Tiles are a commutative monoid: adding up in any order, and in any groups, gives the same."""
    shuffled = moves.copy()
    chance.shuffle(shuffled)
    assert _ring(shuffled) == _ring(moves)
    assert list(_ring(moves)) == sorted({index for index, _, _ in moves})


@given(_moves, st.integers(0, 9), st.integers(0, 9))
def test_a_window_is_the_sum_of_its_tiles(moves: Moves, first: int, last: int) -> None:
    ring = _ring(moves)
    inside = [move for move in moves if first <= move[0] <= last]
    window = ring.total(first, last)
    assert window == _sum(inside)
    assert window.count == len(inside)
    assert window.sum == window.directed_sum(inbound=True) + window.directed_sum(inbound=False)
    assert ring.total(0, 9) == _sum(moves)
    for inbound in (True, False):
        sums = [ring[n].directed_sum(inbound=inbound) for n in range(first, last + 1)]
        assert ring.sums(first, last, inbound=inbound) == [amount for amount in sums if amount]
    assert ring.counts(first, last) == [ring[n].count for n in range(first, last + 1) if ring[n].count]


@given(_moves, _moves)
def test_taking_back_in_any_order_leaves_what_was_before(before: Moves, moves: Moves) -> None:
    ring = _ring([*before, *moves])
    for index, amount, inbound in sorted(moves):
        ring.add(index, -amount, -1, inbound=inbound)
    assert ring == _ring(before)


@given(_moves, st.integers(0, 10))
def test_forgetting_touches_only_what_is_older(moves: Moves, first: int) -> None:
    ring = _ring(moves)
    ring.drop_before(first)
    kept = _ring([move for move in moves if move[0] >= first])
    assert ring == kept
    for index, amount, inbound in moves:
        if index < first:
            ring.add(index, -amount, -1, inbound=inbound)
    assert ring == kept, "nothing is taken from what was forgotten"


@given(st.lists(st.integers(0, 127), min_size=1, max_size=20), st.integers(0, 2**20))
def test_tiles_as_far_apart_as_can_be_told_are_told_apart(offsets: list[int], base: int) -> None:
    moves = [(base + offset, 100 + offset, offset % 2 == 0) for offset in offsets]
    ring = _ring(moves)
    assert list(ring) == sorted({base + offset for offset in offsets})
    assert ring.total(base + 1, base + 126) == _sum([move for move in moves if 0 < move[0] - base < 127])


@given(_moves)
def test_an_empty_tile_is_nothing(moves: Moves) -> None:
    ring = _ring(moves)
    assert all(ring[index] == _sum([move for move in moves if move[0] == index]) for index in range(-1, 11))
    assert len(ring) == len({index for index, _, _ in moves})


@pytest.mark.parametrize(("postings", "amount"), [(300, 1), (1, 10**13), (2, 2**31)])
def test_a_large_tile_is_kept_whole_and_the_ring_narrow_again_without_it(postings: int, amount: int) -> None:
    small, large = [(1, 500, True), (3, 700, False)], [(2, amount, False)] * postings
    ring = _ring([*small[:1], *large, *small[1:]])
    assert ring[2] == Tile(0, 0, postings, postings * amount)
    assert ring.form == 1
    for _ in range(postings):
        ring.add(2, -amount, -1, inbound=False)
    assert ring == _ring(small)
    assert ring.form == 0
