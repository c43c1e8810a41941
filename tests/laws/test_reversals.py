"""A reversal undoes its posting, in the posting's own tiles, as if it had never been posted."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.customer_state import CustomerState
from monitor.stats.recent import KEPT
from monitor.stats.tiles import Ring
from monitor.story import Act, every, paid_in, paid_out
from tests.laws import naive
from tests.laws.histories import Event, histories, known_customer, postings
from tests.stories.bank import Bank, Fields, at

_RINGS = (
    "hours",
    "days",
    "cash_days",
    "near_days",
    "novel_days",
)


def _tiles(state: CustomerState) -> dict[str, naive.Cells]:
    return {name: naive.plain(getattr(state, name)) for name in _RINGS}


def _reversal(original: Fields, booked_at: str) -> Fields:
    direction = "debit" if original["direction"] == "credit" else "credit"
    name = original["transaction_id"]
    return original | {
        "transaction_id": f"undo {name}",
        "direction": direction,
        "reverses": name,
        "booked_at": booked_at,
    }


@given(
    histories(most=KEPT - 1), st.integers(0, KEPT - 2), st.sampled_from([4.0, 9_000.0, 45_000.0, 450_000.0])
)
def test_a_reversal_leaves_the_tiles_as_if_nothing_had_been_posted(
    events: list[Event], position: int, amount: float
) -> None:
    """The posting that is undone stands anywhere in the history, on the day of the one before it."""
    sent = postings(events)
    position = min(position, len(sent) - 1)
    extra = sent[position] | {"transaction_id": "X", "amount": f"{amount:.2f}"}
    with_it = [*sent[: position + 1], extra, _reversal(extra, str(extra["booked_at"])), *sent[position + 1 :]]
    never, undone = Bank(), Bank()
    never.post(*sent)
    undone.post(*with_it)
    assert _tiles(undone.state()) == _tiles(never.state())
    assert undone.state().months == never.state().months


@given(histories(most=KEPT // 2, reversals=True))
def test_tiles_hold_what_was_not_reversed(events: list[Event]) -> None:
    """Reversals come at any time after; those that name nothing, or a reversal, change nothing."""
    bank = Bank()
    standing: dict[str, Fields] = {}
    days: list[Fields] = []
    for fields in postings(events):
        before = _tiles(bank.state())
        outcome = bank.post(fields)
        if outcome.tally.applied:
            standing[str(fields["transaction_id"])] = fields
            days.append(fields)
        elif outcome.tally.reversed:
            del standing[str(fields["reverses"])]
        else:
            assert _tiles(bank.state()) == before
    newest = max((naive.seen(fields) for fields in days), key=lambda posting: posting.day, default=None)
    if newest is not None:
        counted = [naive.seen(fields) for fields in standing.values()]
        kept = _tiles(bank.state())
        assert {name: kept[name] for name in _RINGS[:4]} == naive.rings(counted, newest.day)
        assert naive.are_near(naive.plain_months(bank.state().months), naive.months(counted, newest.month))


@given(histories(most=60, reversals=True))
def test_no_tile_ever_holds_less_than_nothing(events: list[Event]) -> None:
    """Even where only the reversal still tells what the original was."""
    bank = known_customer()
    bank.post(*postings(events))
    state = bank.state()
    rings: list[Ring] = [getattr(state, name) for name in _RINGS]
    assert all(min(cell) >= 0 for ring in rings for cell in naive.plain(ring).values())
    assert min(state.months.cells, default=0) >= 0


def test_a_posting_is_reversed_when_only_its_day_is_still_known() -> None:
    never, undone = Bank(), Bank()
    acts = paid_out(100.0, *every(1, since=-KEPT - 3))
    cash = paid_in(45_000.0, -KEPT - 4, channel="cash")[0]
    undone.happen(cash)
    never.happen(*acts)
    undone.happen(*acts)
    assert undone.reverse("T1", cash).tally.reversed == 1
    assert _tiles(undone.state()) == _tiles(never.state())


def test_a_posting_is_reversed_once() -> None:
    for later in (0, KEPT + 2):
        bank = Bank()
        act = paid_in(300.0, -1)[0]
        bank.happen(act)
        bank.happen(*paid_out(5.0, *[0] * later))
        assert bank.reverse("T1", act).tally.reversed == 1
        again = bank.reverse("T1", act)
        assert [letter.reason.value for letter in again.dead_letters] == ["reversal_mismatch"]


def test_an_old_reversal_leaves_the_forgotten_days_alone() -> None:
    """The original is still among the newest postings, and its day has long left the tiles."""
    bank = Bank()
    old: Act = paid_in(700.0, -60)[0]
    bank.happen(old, *paid_in(900.0, -61), *paid_in(80.0, 0))
    before = bank.state()
    outcome = bank.post(
        {
            "transaction_id": "R",
            "customer_id": "C1",
            "account_id": "A",
            "booked_at": at(1),
            "amount": "700",
            "currency": "CNY",
            "direction": "debit",
            "reverses": "T2",
        }
    )
    assert outcome.tally.reversed == 1
    after = bank.state()
    assert after.days == before.days
    month = min(naive.plain_months(after.months))
    assert naive.are_near({month: naive.plain_peaks(after.months)[month]}, {month: (900_00, 0)})
    assert naive.are_near({month: naive.plain_months(after.months)[month]}, {month: (1, 900_00, 0, 0)})
