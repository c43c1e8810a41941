"""Money that only passes: odds are odds, grow with what speaks for it, and are kept in bounds."""

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.customer_state import CustomerState
from monitor.learn import learn, weigh
from monitor.passing import _ENTRY, _FLOW, CHANNELS, PENDING
from monitor.posting import Posting
from monitor.story import ORDINARY, Act, Story, paid_in, paid_out
from tests.stories.bank import POLICY

_RULES = POLICY.rules_for(None, None)
_acts = st.builds(
    Act,
    day=st.integers(-40, 0),
    amount=st.floats(0.01, 10**11).map(lambda amount: round(amount, 2)),
    inbound=st.booleans(),
    who=st.sampled_from(["a", "b", "c", None]),
    channel=st.sampled_from(["transfer", "cheque", "other", "cash", "card"]),
    hour=st.floats(0, 23.9),
)


def _judged(*acts: Act) -> tuple[CustomerState, list[Posting]]:
    state, seen = CustomerState(), []
    for _, posting in Story("", acts).postings():
        weigh([(state, posting, _RULES)])
        learn([(state, posting, _RULES)])
        seen.append(posting)
    return state, seen


def _odds(*acts: Act) -> float:
    """Of the last one, after an ordinary life."""
    last = _judged(*ORDINARY, *acts)[1][-1]
    assert last.match is not None
    return last.match.odds


@given(st.lists(_acts, max_size=60))
def test_odds_are_finite_and_what_is_kept_is_bounded(acts: list[Act]) -> None:
    state, seen = _judged(*acts)
    for posting in seen:
        assert (posting.match is None) == (posting.channel not in CHANNELS)
        if posting.match is not None:
            assert math.isfinite(posting.match.odds)
            assert posting.match.odds >= 0
            assert posting.match.source_s == 0 or 0.89 < posting.match.share <= 1
    assert len(state.passing.flows) <= 2 * len(CHANNELS) * _FLOW.size
    assert len(state.passing.pending) <= PENDING * _ENTRY.size


def test_what_is_passed_on_is_likelier_than_what_was_not_received() -> None:
    out = paid_out(57_000, 0, who="other", hour=19)
    assert _odds(*paid_in(60_000, 0, who="stranger", hour=9), *out) > 10 * _odds(*out)


def test_a_fee_above_a_tenth_is_no_fee() -> None:
    came = paid_in(60_000, 0, who="stranger", hour=9)
    passed, kept = (_odds(*came, *paid_out(x, 0, who="other", hour=19)) for x in (54_100, 53_000))
    assert passed > 3 * kept


def test_what_goes_back_to_its_sender_is_not_passed_on() -> None:
    came = paid_in(60_000, 0, who="stranger", hour=9)
    on, back = (_odds(*came, *paid_out(57_000, 0, who=who, hour=19)) for who in ("other", "stranger"))
    assert on > 3 * back


def test_money_that_lay_for_a_week_is_not_passed_on() -> None:
    out = paid_out(57_000, 0, who="other", hour=19)
    soon, late = (_odds(*paid_in(60_000, day, who="stranger"), *out) for day in (-1, -7))
    assert soon > 3 * late


def test_another_account_passes_nothing_on() -> None:
    came = paid_in(60_000, 0, who="stranger", hour=9)
    same, other = (
        _odds(*came, *paid_out(57_000, 0, who="other", hour=19, account=account)) for account in ("A1", "A2")
    )
    assert same > 3 * other


def test_who_pays_the_like_every_day_passes_nothing_on() -> None:
    """The rarer an amount is for the customer, the more its match says."""
    busy = [act for day in range(-90, 0) for act in paid_out(57_000, day, who=f"supplier {day}")]
    came, out = paid_in(60_000, 0, who="stranger", hour=9), paid_out(57_000, 0, who="other", hour=19)
    assert _odds(*came, *out) > 20 * _odds(*busy, *came, *out)
