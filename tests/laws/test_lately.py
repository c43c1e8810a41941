"""What moved in the half year before a window is what a recount gives, to the 0.04 % of closed months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calendar import BankCalendar, date_of, day_of, month_of
from monitor.lately import flow_before, kept_on, largest_kept
from monitor.posting import Posting
from monitor.story import TODAY, Story, paid_in, paid_out
from tests.stories.bank import POLICY, ZONE, Bank

RULES = POLICY.rules_for("person", None)


@given(st.dates(date(1971, 1, 1), date(2200, 12, 31)))
def test_a_month_starts_on_its_first_day(when: date) -> None:
    calendar = BankCalendar(ZONE)
    start = calendar.month_start(month_of(day_of(when)))
    assert date_of(start) == when.replace(day=1)
    assert calendar.month_start(month_of(start)) == start


@given(
    st.lists(st.tuples(st.integers(-300, 0), st.integers(1, 10**7), st.booleans()), min_size=1, max_size=40),
    st.integers(0, 20),
    st.sampled_from([60, 90, 180]),
)
def test_the_time_before_a_window_is_what_a_recount_gives(
    postings: list[tuple[int, int, bool]], width: int, days: int
) -> None:
    bank = Bank()
    postings = sorted([*postings, (0, 700, True)])
    bank.happen(
        *(act for day, yuan, inbound in postings for act in (paid_in if inbound else paid_out)(yuan, day))
    )
    state, first = bank.state(), TODAY - width
    oldest = date_of(first - days)
    since = max(day_of((oldest.replace(day=1) + timedelta(days=31)).replace(day=1)), state.first_day)
    for inbound in (True, False):
        flow = flow_before(state, first, days, RULES, inbound=inbound)
        sums = [yuan * 100 for day, yuan, way in postings if way == inbound and since <= TODAY + day < first]
        if flow is None:
            assert since >= first
            continue
        assert flow.days == first - since
        assert flow.moved == pytest.approx(
            sum(sums), rel=0.001, abs=0.002 * sum(p[1] * 100 for p in postings)
        )
        assert flow.postings == pytest.approx(len(sums), abs=1)


def test_a_time_that_is_no_longer_kept_by_the_day_is_not_told() -> None:
    bank = Bank()
    bank.happen(*paid_in(500, -200, -40, 0))
    assert flow_before(bank.state(), TODAY - 36, 90, RULES, inbound=True) is None
    assert flow_before(bank.state(), TODAY - 20, 90, RULES, inbound=True) is not None


def test_nobody_has_a_past_before_the_first_day() -> None:
    bank = Bank()
    assert flow_before(bank.state(), TODAY, 90, RULES, inbound=True) is None
    bank.happen(*paid_in(500, -5, 0))
    assert flow_before(bank.state(), TODAY - 5, 90, RULES, inbound=True) is None


def test_a_reversed_posting_is_not_among_the_newest() -> None:
    bank = Bank()
    (undone,) = paid_in(900, -1)
    bank.happen(undone)
    bank.happen(*paid_in(300, -1), *paid_out(800, -1))
    bank.reverse("T1", undone)
    assert [amount for _, amount, _ in kept_on(bank.state(), TODAY - 1, TODAY)] == [300_00, 800_00]
    (posting,) = [posting for _, posting in _story(200)]
    assert largest_kept(bank.state(), posting, TODAY - 1) == 300_00


def _story(amount: float) -> list[tuple[bool, Posting]]:
    return list(Story("", paid_in(amount, 0)).postings())
