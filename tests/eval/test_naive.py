"""The naive scores: what they count, and that they look only back."""

import math

import pytest

from tests.eval.naive import Amount, postings_that_day, z_of_log_amount

_SMALL, _LARGE = math.e, math.e**3


def _amounts(*amounts: float, customer: str = "C1", direction: str = "D") -> list[Amount]:
    return [Amount((customer, 1), amount, direction) for amount in amounts]


def test_postings_that_day_are_counted_by_customer_and_day_as_they_come() -> None:
    keys = [("C1", 1), ("C2", 1), ("C1", 1), ("C1", 2), ("C1", 1)]
    assert list(postings_that_day(Amount(key, 1.0, "D") for key in keys)) == [1, 1, 2, 1, 3]


def test_the_first_five_amounts_are_no_departure() -> None:
    assert list(z_of_log_amount(_amounts(1, 10, 100, 1_000, 1e9))) == [0.0] * 5


def test_the_sixth_amount_is_held_against_the_five_before() -> None:
    # logarithms 1 3 1 3 2: mean 2, variance 4 / 4; then 5
    found = list(z_of_log_amount(_amounts(_SMALL, _LARGE, _SMALL, _LARGE, math.e**2, math.e**5)))
    assert found[-1] == pytest.approx(3.0)


def test_directions_and_customers_have_pasts_of_their_own() -> None:
    past = _amounts(_SMALL, _LARGE, _SMALL, _LARGE, math.e**2)
    other = [*_amounts(1e6, direction="C"), *_amounts(1e6, customer="C2")]
    assert list(z_of_log_amount([*past, *other]))[-2:] == [0.0, 0.0]


def test_amounts_that_never_change_make_any_other_a_departure_and_no_division_by_zero() -> None:
    found = list(z_of_log_amount(_amounts(*([5.0] * 6), 6.0)))
    assert found[5] == pytest.approx(0.0)
    assert found[6] > 100
