"""The worker's part of the peers: summed up when a month is over, published once, and read with a pinch of salt."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agents.metrics import Metrics
from agents.peers import RETRY_SECONDS, PeerParts, due_day
from agents.publishing import SendError
from agents.states import StateStore
from monitor.batch import Outcome
from monitor.peers import PUBLISHED_BEFORE_MS, PeerBook, Summing
from monitor.story import TODAY, paid_in
from schemas import PeerPart
from tests.stories.bank import Bank, posting_of

_MARCH_1 = TODAY - 1


class Room:
    """One worker's, with two customers in partition 0; what it publishes is only noted."""

    def __init__(self) -> None:
        bank = Bank()
        for customer in ("C1", "C2"):
            bank.declare(customer_id=customer, kind="company", industry="retail")
            bank.post(*[posting_of(act, f"{customer}-{act.day}", customer) for act in paid_in(500, -20, -10)])
        self.states, self.book, self.metrics = StateStore(), PeerBook(), Metrics()
        self.states.keep(0, bank.stored, 1)
        self.published: list[PeerPart] = []
        self.fails = False
        self.parts = PeerParts(self.book, self.states, self._publish, "CNY", self.metrics)

    async def _publish(self, part: PeerPart) -> None:
        if self.fails:
            raise SendError("no acknowledgement")
        self.published.append(part)

    async def judged(self, day: int, partition: int = 0) -> None:
        """A batch is finished, and whatever it set off too."""
        self.parts.judged(partition, Outcome(newest_day=day))
        await asyncio.gather(*self.parts._tasks.values())

    def count(self, outcome: str) -> float | None:
        return self.metrics.registry.get_sample_value("ledgerwatch_peer_parts_total", {"outcome": outcome})


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    yield made
    await made.parts.stop()


def test_a_week_is_due_two_days_after_it_has_begun() -> None:
    begin = _MARCH_1 // 7 * 7
    assert [due_day(begin + day) - begin for day in (0, 1, 2, 8, 9)] == [-7, -7, 0, 0, 7]


async def test_a_week_is_published_once_and_takes_effect_a_minute_later(room: Room) -> None:
    await room.judged(0)
    assert room.published == [], "nothing was applied"
    begin = (_MARCH_1 + 2) // 7 * 7 + 7
    for day in (begin + 2, begin + 2, begin + 8):
        await room.judged(day)
    (part,) = room.published
    (edition,) = part.editions
    assert (part.partition, edition.month) == (0, "2026-02")
    assert {(group.industry, group.customers) for group in edition.groups} == {("retail", 2), (None, 2)}
    assert room.book.at(edition.effective_from_ms - 1) is None
    assert room.book.at(edition.effective_from_ms) is not None
    assert edition.effective_from_ms > PUBLISHED_BEFORE_MS
    assert room.count("published") == 1


async def test_the_edition_before_is_kept_beside_the_new_one(room: Room) -> None:
    for month_later in range(3):
        await room.judged(_MARCH_1 + 9 + 31 * month_later)
    assert [[one.month for one in part.editions] for part in room.published] == [
        ["2026-02"],
        ["2026-03", "2026-02"],
        ["2026-04", "2026-03"],
    ]


async def test_what_another_worker_published_is_not_summed_up_again(room: Room) -> None:
    other = Room()
    await other.judged(_MARCH_1 + 2)
    room.parts.take(other.published[0].message_key(), other.published[0].to_json())
    await room.judged(_MARCH_1 + 2)
    assert room.published == []
    assert room.book.editions(0) == other.book.editions(0)


async def test_a_part_that_could_not_be_sent_is_tried_again_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.fails = True
    await room.judged(_MARCH_1 + 2)
    room.fails = False
    await room.judged(_MARCH_1 + 2)
    assert room.published == []
    assert room.count("failed") == 1
    monkeypatch.setitem(room.parts._not_before, 0, room.parts._not_before[0] - RETRY_SECONDS)
    await room.judged(_MARCH_1 + 2)
    assert len(room.published) == 1


async def test_of_a_partition_that_is_not_held_nothing_is_published(room: Room) -> None:
    await room.judged(_MARCH_1 + 2, partition=1)
    assert room.published == []


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        (b"1", b"", b""),
        (None, b"", b""),
        (b"0", b'"month"', b'"moon"'),
        (b"0", b"]}", b"]"),
        (b"0", b"CNY", b"EUR"),
        (b"0", b'"standings":"', b'"standings":"?'),
        (b"0", b'"standings":"', b'"standings":"AAAA'),
    ],
)
async def test_what_is_no_part_is_left_out_and_counted(
    room: Room, key: bytes | None, old: bytes, new: bytes
) -> None:
    other = Room()
    await other.judged(_MARCH_1 + 2)
    room.parts.take(key, other.published[0].to_json().replace(old, new))
    assert not room.book
    assert room.count("refused") == 1


async def test_a_removed_part_says_nothing(room: Room) -> None:
    room.parts.take(b"0", None)
    assert not room.book
    assert room.count("refused") is None


async def test_one_partition_is_summed_up_after_the_other(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once, they would leave no time between them for records."""
    under_way: list[int] = []
    most = 0
    summed = room.parts._summed

    async def counted(partition: int, day: int) -> Summing | None:
        nonlocal most
        under_way.append(partition)
        most = max(most, len(under_way))
        await asyncio.sleep(0)
        result = await summed(partition, day)
        under_way.remove(partition)
        return result

    monkeypatch.setattr(room.parts, "_summed", counted)
    for partition in (1, 2):
        room.states.keep(partition, {}, 1)
    for partition in (0, 1, 2):
        room.parts.judged(partition, Outcome(newest_day=_MARCH_1 + 30))
    await asyncio.gather(*room.parts._tasks.values())
    assert most == 1
    assert sorted(part.partition for part in room.published) == [0, 1, 2]
