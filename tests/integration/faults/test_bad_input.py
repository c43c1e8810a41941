"""Whatever comes over the wire, the stream goes on; and what was set aside says what it was."""

import hashlib
from typing import Final

from kafka.admin import NewTopic

from agents.worker import ExitCode
from schemas import DeadLetter, DeadLetterReason
from schemas.dead_letter import MAX_KEPT_BYTES
from tests.integration.faults.evidence import Topics, quiet_run
from tests.integration.faults.place import Place
from tests.integration.faults.sending import send_all
from tests.integration.faults.stream import Sent
from tests.integration.worker_process import PARTITIONS, postings, wait_for, wait_until_drained

_HUGE: Final = 10_000_000
_LIMIT: Final = 16_777_216


def _declare_with_room(place: Place, *kinds: str) -> None:
    room = {"max.message.bytes": str(_LIMIT)}
    with place.admin() as admin:
        admin.create_topics(
            [NewTopic(place.topic(kind), PARTITIONS, 1, topic_configs=room) for kind in kinds]
        )
    place.declare()


async def test_ten_megabytes_are_set_aside_and_what_follows_is_judged(place: Place) -> None:
    _declare_with_room(place, "transactions", "customers")
    good = [Sent(key, value) for key, value in postings(400, 10)]
    huge = Sent(good[0].key, b'{"purpose":"' + b"x" * _HUGE + b'"}', DeadLetterReason.TOO_LARGE)
    stream = [*good[:200], huge, huge, *good[200:]]
    due = await send_all(place, "transactions", stream, most_bytes=_LIMIT)
    due |= await send_all(place, "customers", [huge], most_bytes=_LIMIT)
    assert len(due) == 3
    with place.worker() as worker:
        worker.wait_until_ready()
        wait_for(
            lambda: worker.samples('postings_total{outcome="applied",stream="customers"}') == len(good), 60
        )
        wait_until_drained([worker])
        assert worker.terminate() == ExitCode.STOPPED
    letters = {
        record.key: DeadLetter.model_validate_json(record.value or b"")
        for record in await place.read("dead_letters")
    }
    assert {key: letter.reason for key, letter in letters.items()} == due
    assert huge.value is not None
    for letter in letters.values():
        assert letter.truncated
        assert letter.value_bytes == len(huge.value)
        assert letter.value_sha256 == hashlib.sha256(huge.value).hexdigest()
        assert letter.original_value() == huge.value[:MAX_KEPT_BYTES]


async def test_a_stream_of_nothing_but_poison_is_worked_off(place: Place) -> None:
    """Batches without a single customer in them: there is no state to write, and still something to commit."""
    place.declare()
    stream = [
        Sent(None, b"{}", DeadLetterReason.NULL_KEY, 0),
        Sent(b"C1", None, DeadLetterReason.NULL_VALUE),
        Sent(b"\xff", b"\xff\xfe", DeadLetterReason.NOT_UTF8),
    ] * 500
    due = await send_all(place, "transactions", stream)
    with place.worker() as worker:
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.terminate() == ExitCode.STOPPED
    topics = await Topics.of(place)
    assert topics.letters() == {key: {value} for key, value in quiet_run(place, topics).letters.items()}
    assert topics.letters().keys() == due.keys()
    assert topics.state == []
    assert sum(place.committed().values()) == len(stream)
