"""How a customer's amounts lean: counted as a recount gives, fading by halves, in eight bytes whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.customer_state import encode
from monitor.stats.leanings import HALVING_DAYS, SMOOTH, Leanings, deviations
from monitor.story import paid_in
from tests.stories.bank import Bank

T = 50_000_00
_AMOUNTS = st.one_of(
    st.integers(1, 2 * T),
    st.sampled_from([T // 2 - 1, T // 2, T * 9 // 10 - 1, T * 9 // 10, T - 1, T, T * 3 // 2 - 1, T * 3 // 2]),
)
_POSTINGS = st.lists(st.tuples(_AMOUNTS, st.booleans(), st.booleans()), max_size=200)


def _counts(leanings: Leanings) -> tuple[float, float, float, float]:
    return leanings.below, leanings.around, leanings.round, leanings.all


def _learnt(postings: list[tuple[int, bool, bool]]) -> Leanings:
    leanings = Leanings()
    for amount_minor, has_threshold, is_round in postings:
        leanings.learn(amount_minor, T if has_threshold else None, is_round=is_round)
    return leanings


@given(_POSTINGS)
def test_counts_are_what_a_recount_gives(postings: list[tuple[int, bool, bool]]) -> None:
    near_t = [amount for amount, has_threshold, _ in postings if has_threshold]
    assert _counts(_learnt(postings)) == (
        sum(0.9 * T <= amount < T for amount in near_t),
        sum(0.5 * T <= amount < 1.5 * T for amount in near_t),
        sum(is_round for _, _, is_round in postings),
        len(postings),
    )


@given(_POSTINGS, st.integers(0, 400), st.integers(0, 400))
def test_counts_are_halved_once_for_each_sixty_days(
    postings: list[tuple[int, bool, bool]], newest_day: int, later: int
) -> None:
    leanings = _learnt(postings)
    before = _counts(leanings)
    leanings.begin_day(newest_day + later, newest_day)
    halvings = (newest_day + later) // HALVING_DAYS - newest_day // HALVING_DAYS
    for count, was in zip(_counts(leanings), before, strict=True):
        assert count <= was / 2**halvings < count + 1 / 8


def test_shares_stay_when_the_counters_are_full() -> None:
    leanings = Leanings()
    for number in range(100_000):
        leanings.learn(T * 95 // 100 if number % 4 == 0 else T, T, is_round=number % 2 == 0)
        assert leanings.lanes < 2**64
    assert leanings.all > 4_000
    assert leanings.around == pytest.approx(leanings.all, rel=0.01)
    assert leanings.round == pytest.approx(leanings.all / 2, rel=0.01)
    assert leanings.below == pytest.approx(leanings.all / 4, rel=0.01)


def test_amounts_that_know_no_threshold_do_not_deviate() -> None:
    """A thousand amounts, log-uniform from a tenth of T to ten times T."""
    amounts = [int(T * 100 ** (n / 1_000) / 10) for n in range(1_000)]
    leanings = _learnt([(amount, True, False) for amount in amounts])
    assert leanings.below == pytest.approx(leanings.around * SMOOTH, abs=1)
    assert deviations(leanings.below, leanings.around) < 0.2
    assert deviations(0.0, 0.0) == 0.0


def test_a_state_grows_by_nine_bytes_at_most() -> None:
    bank = Bank()
    bank.happen(*(act for day in range(-50, 0) for act in paid_in(48_000, day, channel="cash")))
    state = bank.state()
    full = len(encode(state))
    state.leanings = Leanings()
    assert full - len(encode(state)) <= 9
