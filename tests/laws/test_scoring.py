"""The score is 0 to 100, and more evidence never lowers it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.policy import BANDS
from monitor.scoring import contribution, joined, strength_of
from tests.stories.bank import POLICY

_weights = st.floats(1e-9, 1)
_strengths = st.one_of(st.floats(0, 10), st.floats(0, 1e18))
_evidence = st.lists(st.tuples(_weights, _strengths), max_size=12)
_ROUNDING = 1e-9


def _score(evidence: list[tuple[float, float]]) -> float:
    """Each finding in a family of its own."""
    parts = [contribution(weight, strength) for weight, strength in evidence]
    return joined((str(number), part) for number, part in enumerate(parts))


@given(_evidence)
def test_a_score_is_from_nothing_to_a_hundred(evidence: list[tuple[float, float]]) -> None:
    assert 0 <= _score(evidence) <= 100


@given(_evidence, _weights, _strengths)
def test_a_finding_more_never_lowers_the_score(
    evidence: list[tuple[float, float]], weight: float, strength: float
) -> None:
    assert _score([*evidence, (weight, strength)]) >= _score(evidence)


@given(_evidence, _weights, _strengths, _strengths)
def test_a_stronger_finding_never_lowers_the_score(
    evidence: list[tuple[float, float]], weight: float, one: float, other: float
) -> None:
    weak, strong = sorted((one, other))
    assert _score([(weight, strong), *evidence]) >= _score([(weight, weak), *evidence]) - _ROUNDING


@given(_evidence, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(evidence: list[tuple[float, float]], chance: Random) -> None:
    shuffled = evidence.copy()
    chance.shuffle(shuffled)
    assert abs(_score(shuffled) - _score(evidence)) < _ROUNDING


@given(_weights)
def test_at_eight_times_the_threshold_a_finding_gives_half_its_weight(weight: float) -> None:
    assert contribution(weight, 8.0) == weight / 2
    assert weight / 13 < contribution(weight, 1.0) < weight / 12


@given(_weights, st.floats(0, 0.9999))
def test_a_probability_contributes_itself(weight: float, probability: float) -> None:
    assert abs(contribution(weight, strength_of(probability)) - weight * probability) < _ROUNDING


@given(_evidence)
def test_evidence_counts_once(evidence: list[tuple[float, float]]) -> None:
    parts = [contribution(weight, strength) for weight, strength in evidence]
    together = joined(("same", part) for part in parts)
    assert abs(together - 100 * max(parts, default=0.0)) < _ROUNDING


@given(st.floats(0, 100), st.floats(0, 100))
def test_bands_rise_with_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= POLICY.band(low) <= POLICY.band(high) < len(BANDS)


def test_a_band_begins_at_its_score() -> None:
    for number, start in enumerate(POLICY.bands):
        assert (POLICY.band(start - 0.01), POLICY.band(start)) == (number, number + 1)
