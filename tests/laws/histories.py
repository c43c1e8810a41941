"""Histories of one customer for the laws: postings in the order of arrival, with late ones, repeats and reversals."""

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from monitor.story import ORDINARY, Act
from tests.stories.bank import Bank, Fields, at, posting_of

_STEPS: Final = (0, 0, 0, 0, 1, 1, 2, 5, 12, 33, 64)
_LATENESS: Final = (0, 0, 0, 0, 1, 2, 9, 30, 50)
_AMOUNTS: Final = (
    0.01,
    12.34,
    180.0,
    3000.0,
    9000.0,
    41_000.0,
    45_000.0,
    49_999.99,
    60_000.0,
    260_000.0,
    450_000.0,
)
_CHANNELS: Final = ("cash", "cash", "transfer", "transfer", "card", "other")


@dataclass(frozen=True)
class Event:
    """A posting that arrives: a new one, or the `repeats`-th one before it again, or the reversal of that one."""

    act: Act
    repeats: int | None = None
    reverses: int | None = None


def _acts(day: int, who: tuple[str, ...]) -> st.SearchStrategy[Act]:
    return st.builds(
        Act,
        day=st.just(day),
        amount=st.sampled_from(_AMOUNTS),
        inbound=st.booleans(),
        who=st.one_of(st.none(), st.sampled_from(who)),
        channel=st.sampled_from(_CHANNELS),
        hour=st.integers(0, 24 * 60 - 1).map(lambda minutes: minutes / 60),
    )


@st.composite
def histories(
    draw: st.DrawFn, *, most: int = 30, repeats: bool = False, reversals: bool = False, first_day: int = 0
) -> list[Event]:
    """Up to `most` events; days mostly rise, some events are late."""
    who = ("employer", "landlord", *(f"stranger {n}" for n in range(8)))
    day = first_day
    events: list[Event] = []
    for _ in range(draw(st.integers(1, most))):
        kind = draw(st.integers(0, 9))
        if events and repeats and kind == 0:
            events.append(Event(events[-1].act, repeats=draw(st.integers(0, len(events) - 1))))
            continue
        if events and reversals and kind in (1, 2):
            events.append(Event(events[-1].act, reverses=draw(st.integers(0, len(events) - 1))))
            continue
        day += draw(st.sampled_from(_STEPS))
        events.append(Event(draw(_acts(max(first_day, day - draw(st.sampled_from(_LATENESS))), who))))
    return events


def postings(events: list[Event], prefix: str = "E") -> list[Fields]:
    """The events as postings; ids are prefix and position, so that leaving one out renames no other."""
    sent: list[Fields] = []
    for position, event in enumerate(events):
        if event.repeats is not None:
            sent.append(sent[event.repeats])
            continue
        fields = posting_of(event.act, f"{prefix}{position}")
        if event.reverses is not None:
            original = sent[event.reverses]
            fields = original | {
                "transaction_id": f"{prefix}{position}",
                "direction": "debit" if original["direction"] == "credit" else "credit",
                "reverses": original["transaction_id"],
                "booked_at": at(event.act.day, event.act.hour),
            }
        sent.append(fields)
    return sent


_known = Bank()
_known.happen(*ORDINARY)


def known_customer(*, keep_scores: bool = False) -> Bank:
    """A bank whose customer C1 has half a year of ordinary past, up to the day before 0."""
    bank = Bank(keep_scores=keep_scores)
    bank.stored, bank.offset, bank.sent = dict(_known.stored), _known.offset, _known.sent
    return bank
