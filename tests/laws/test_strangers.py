"""Strangers: log odds are what the formula gives on a plain list, and grow with the ways that a posting opens."""

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.stats.strangers import BURST_MOST, FADING, HALVING_DAYS, PRIOR_LOG_ODDS, Strangers

_postings = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.floats(-2, 9)), min_size=1, max_size=40
)
"""Days since the one before, inbound, with a stranger, standard deviations above the usual."""


def _naive(past: list[tuple[int, bool, bool]], day: int, away: float, *, inbound: bool) -> float:
    """The formula, from all postings so far: their day, direction, and whether they were with strangers."""
    met = [(known_day, came) for known_day, came, is_stranger in past if is_stranger]
    opposite = sum(came != inbound for _, came in met)
    usual = len(met) / (day - past[0][0] + 7) if past else 0.0
    burst = sum(FADING ** (day - known_day) for known_day, _ in met) - usual * FADING / (1 - FADING)
    log_odds = PRIOR_LOG_ODDS + math.log1p(opposite) - math.log((len(met) + 1) / (len(past) + 2))
    log_odds += min(BURST_MOST, max(0.0, burst) / max(1.0, usual)) - math.log(max(1.0, usual))
    return log_odds + min(3.0, max(0.0, away - 2))


@given(_postings)
def test_log_odds_are_what_a_recount_gives(postings: list[tuple[int, bool, bool, float]]) -> None:
    strangers, day = Strangers(), 20_000
    past: list[tuple[int, bool, bool]] = []
    for gap, inbound, is_stranger, away in postings:
        day += gap
        first_day = past[0][0] if past else 0
        said = strangers.log_odds(day, first_day, away, inbound=inbound)
        assert math.isclose(said, _naive(past, day, away, inbound=inbound), rel_tol=1e-5, abs_tol=1e-5)
        strangers.learn(day, said if is_stranger else None, inbound=inbound)
        past.append((day, inbound, is_stranger))


@given(st.integers(0, 50), st.integers(0, 50))
def test_every_stranger_on_the_other_side_opens_one_more_way(there: int, here: int) -> None:
    fewer, more = (
        Strangers(met_in=met_in, met_out=here, postings=400).log_odds(20_100, 20_000, 0.0, inbound=False)
        for met_in in (there, there + 1)
    )
    ways = math.log((there + 2) / (there + 1)) - math.log((there + here + 2) / (there + here + 1))
    usual = [(there + here + n) / 107 * FADING / (1 - FADING) for n in (0, 1)]
    assert usual[0] >= 0
    assert math.isclose(more - fewer, ways, abs_tol=1e-9)


@given(st.lists(st.floats(-9, 3), min_size=1, max_size=10))
def test_a_day_counts_with_its_strongest_evidence_and_fades(said: list[float]) -> None:
    strangers = Strangers()
    for log_odds in said:
        strangers.learn(20_000, log_odds, inbound=True)
    assert strangers.record(20_000) == 0, "today is not yet a record"
    strongest = 1 / (1 + math.exp(-max(said)))
    assert math.isclose(strangers.record(20_000 + HALVING_DAYS), strongest / 2, rel_tol=1e-6)
