"""Habits: quantiles within the histogram's error, fading, and probabilities that are probabilities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stats.habits import (
    _MOMENTS,
    HALVING_DAYS,
    LEAST_POSTINGS,
    PRIOR_EXCEPTIONS,
    PRIOR_SEEN,
    WEIGHT,
    AmountHabit,
    Episode,
    probability,
)
from monitor.stats.robust import upper_limit_of_counts, upper_limit_of_rate, upper_limit_of_sums

_BIN = 2 ** (1 / 4)
_ROUNDING = 1e-12
_FLOAT32 = 1e-5
_amounts = st.one_of(
    st.integers(1, 10**6), st.integers(1, 3 * 10**16), st.integers(0, 50).map(lambda n: 2**n)
)


def _habit(amounts: list[int], day: int = 20_000) -> AmountHabit:
    habit = AmountHabit()
    for amount_minor in amounts:
        habit.learn(amount_minor, day, 1.0)
    return habit


@given(st.lists(_amounts, min_size=LEAST_POSTINGS, max_size=300), st.floats(0.01, 1.0))
def test_a_quantile_is_exact_to_one_bin(amounts: list[int], share: float) -> None:
    """The answer is above the exact quantile by a fifth at most, never below it."""
    rank = max(1, math.ceil(len(amounts) * share - 1e-9))
    exact = sorted(amounts)[rank - 1]
    found = _habit(amounts).quantile(share)
    assert found is not None
    assert exact * (1 - 1e-9) <= found <= exact * _BIN * (1 + 1e-9)


@given(st.lists(_amounts, max_size=LEAST_POSTINGS - 1))
def test_too_few_postings_have_no_quantile(amounts: list[int]) -> None:
    assert _habit(amounts).quantile(0.5) is None


@given(st.lists(_amounts, min_size=1, max_size=30), _amounts)
def test_a_posting_is_forgotten_after_four_halvings(past: list[int], amount_minor: int) -> None:
    habit = _habit(past, day=0)
    habit.learn(amount_minor, HALVING_DAYS * 9, 1.0)
    assert habit.weights == (WEIGHT,)


@given(st.lists(st.tuples(_amounts, st.integers(0, 400)), min_size=1, max_size=60))
def test_no_bin_at_either_end_is_empty(postings: list[tuple[int, int]]) -> None:
    habit = AmountHabit()
    for amount_minor, day in postings:
        habit.learn(amount_minor, 20_000 + day, 1.0)
        assert habit.weights[0] > 0
        assert habit.weights[-1] > 0


@given(st.lists(_amounts, min_size=1, max_size=60))
def test_mean_and_variance_are_those_of_the_list(amounts: list[int]) -> None:
    """On one day nothing fades."""
    _, held_mean, variance_held, _ = _MOMENTS.unpack(_habit(amounts).moments)
    mean = math.fsum(amounts) / len(amounts)
    variance = math.fsum((amount - mean) ** 2 for amount in amounts) / len(amounts)
    assert math.isclose(held_mean, mean, rel_tol=_FLOAT32)
    assert math.isclose(variance_held, variance, rel_tol=_FLOAT32, abs_tol=mean * mean * _FLOAT32)


@given(st.lists(st.tuples(_amounts, st.integers(-40, 400)), min_size=1, max_size=60), _amounts)
def test_departures_are_weighed_in_finite_numbers(postings: list[tuple[int, int]], amount_minor: int) -> None:
    habit, episode = AmountHabit(), Episode()
    for amount, day in postings:
        weighed, at_s = habit.weigh(amount, 20_000 + day), (20_000 + day) * 86_400
        usual = 1.0
        if weighed is not None:
            bounded, explained = episode.bounded(weighed.log_ratio, at_s)
            assert math.isfinite(bounded)
            assert math.isfinite(weighed.away)
            assert 0 <= explained <= 1
            assert 0 <= probability(episode.log_odds(bounded, at_s)) <= 1
            usual = 1 - explained
            episode.learn(bounded, explained, at_s)
        habit.learn(amount, 20_000 + day, usual)
        assert habit.mean > 0
        assert 0 < episode.probability <= 0.99 * (1 + _FLOAT32)
    last = habit.weigh(amount_minor, 20_500)
    assert last is not None
    assert math.isfinite(last.log_ratio)


@given(st.floats(-60, 60), st.lists(st.floats(0, 1), max_size=40))
def test_an_amount_says_no_more_than_how_often_amounts_depart_for_no_reason(
    log_ratio: float, explained: list[float]
) -> None:
    episode = Episode()
    for share in explained:
        episode.learn(0.0, share, 0)
    bounded, this = episode.bounded(log_ratio, 0)
    share = (PRIOR_EXCEPTIONS + sum(explained)) / (PRIOR_SEEN + len(explained))
    assert bounded <= -math.log(share) + _FLOAT32
    assert 0 <= this <= 1 + 1e-9
    assert episode.bounded(log_ratio + 1, 0)[0] >= bounded - 1e-9


@given(st.lists(st.integers(1, 10**16).map(float), min_size=1, max_size=40), st.floats(0.1, 10))
def test_limits_lie_above_what_is_usual(past: list[float], z: float) -> None:
    counts = [int(value) for value in past]
    for usual, limit in (upper_limit_of_sums(past, z), upper_limit_of_counts(counts, z)):
        assert min(past) * (1 - _ROUNDING) <= usual <= max(past) * (1 + _ROUNDING)
        assert usual < limit < math.inf
    assert upper_limit_of_rate(past[0], z) > past[0]


@given(st.lists(st.integers(1, 10**12).map(float), min_size=1, max_size=40), st.integers(2, 1000))
def test_a_limit_of_sums_knows_no_currency(past: list[float], factor: int) -> None:
    """Ten times the money everywhere: ten times the limit."""
    mine, scaled = (
        upper_limit_of_sums(past, 4.0),
        upper_limit_of_sums([factor * value for value in past], 4.0),
    )
    assert math.isclose(scaled.limit, factor * mine.limit, rel_tol=1e-9)


@given(st.lists(st.one_of(_amounts, st.integers(3_000, 8_000)), min_size=1, max_size=60), st.integers(0, 20))
def test_the_share_around_an_amount_leaves_the_newest_out(amounts: list[int], newest: int) -> None:
    """As if the newest had not been learnt, whatever they are."""
    with_them, without = AmountHabit(), AmountHabit()
    for amount in amounts:
        with_them.learn(amount, 20_000, 1.0)
        without.learn(amount, 20_000, 1.0)
    for _ in range(newest):
        with_them.learn(5_000, 20_000, 1.0)
    share = with_them.share_around(5_000, without=newest, of=newest)
    assert share == pytest.approx(without.share_around(5_000, without=0, of=0))
    near = sum(0.70 * 5_000 <= amount <= 1.42 * 5_000 for amount in amounts)
    surely = sum(5_000 / 1.18 <= amount <= 5_000 * 1.18 for amount in amounts)
    assert surely <= share * (len(amounts) + 5) * (1 + 1e-9)
    assert share * (len(amounts) + 5) <= near + 1e-9


def test_decades_are_told_without_the_rarest() -> None:
    habit = AmountHabit()
    assert habit.decades == 0
    for number in range(100):
        habit.learn(int(1_000 * 10 ** (number / 50)), 20_000, 1.0)
    assert habit.decades == pytest.approx(1.8, abs=0.2)
    habit.learn(10**12, 20_000, 1.0)
    assert habit.decades < 2
