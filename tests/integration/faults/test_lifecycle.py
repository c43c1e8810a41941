"""How a worker starts and stops: it leaves nothing half done, and says why it cannot begin."""

from itertools import islice
from typing import Final

import pytest
from kafka.admin import NewTopic

from agents.worker import ExitCode
from monitor.customer_state import decode
from tests.integration.faults.evidence import Topics
from tests.integration.faults.place import Place, told_of
from tests.integration.faults.sending import send_all
from tests.integration.faults.stream import Sent, make_bank, transactions
from tests.integration.kafka import ApacheKafka
from tests.integration.worker_process import PARTITIONS, wait_for, wait_until_drained

_SEED: Final = 3
_STOP_SECONDS: Final = 10


def _stream(count: int) -> list[Sent]:
    return list(islice(transactions(make_bank(), _SEED), count))


async def test_a_worker_told_to_stop_in_mid_stream_does_so_and_commits_all_it_did(place: Place) -> None:
    place.declare()
    await send_all(place, "transactions", _stream(9_000))
    with place.worker(LEDGERWATCH_POLL_RECORDS="50", LEDGERWATCH_COMMIT_SECONDS="30") as worker:
        wait_for(lambda: worker.status("/readyz") == 200 and worker.samples("postings_total") > 500, 60)
        assert worker.terminate(_STOP_SECONDS) == ExitCode.STOPPED
        committed = place.committed()
        topics = await Topics.of(place)
        done: dict[int, int] = {}
        for (partition, _), raw in topics.states().items():
            assert raw is not None
            done[partition] = max(done.get(partition, 0), decode(raw).transactions_offset + 1)
        assert 0 < sum(done.values()) < len(topics.transactions), "it had time to finish: nothing was in hand"
        # What ends a batch may be poison, of which no customer's state knows.
        assert all(committed[partition] >= offset for partition, offset in done.items())
        worker.start()
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.samples('postings_total{outcome="fenced",stream="customers"}') == 0
        assert worker.terminate(_STOP_SECONDS) == ExitCode.STOPPED


async def test_a_worker_with_nothing_to_do_says_nothing_again(place: Place) -> None:
    place.declare()
    due = await send_all(place, "transactions", _stream(2_000))
    with place.worker() as worker:
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.terminate(_STOP_SECONDS) == ExitCode.STOPPED
        before = await Topics.of(place)
        worker.start()
        worker.wait_until_ready()
        wait_until_drained([worker])
        assert worker.samples("customers ") == len(before.states())
        assert worker.terminate(_STOP_SECONDS) == ExitCode.STOPPED
    assert due
    assert await Topics.of(place) == before


async def test_a_worker_begins_when_its_broker_does(
    apache_kafka: ApacheKafka, place_on_apache: Place
) -> None:
    place = place_on_apache
    place.declare()
    await send_all(place, "transactions", _stream(200))
    apache_kafka.stop()
    with place.worker() as worker:
        wait_for(lambda: worker.status("/healthz") == 200, 20)
        assert worker.status("/readyz") == 503
        wait_for(lambda: f"no broker answered at {place.servers}: waiting for one" in told_of(worker.log), 20)
        apache_kafka.start()
        worker.wait_until_ready()
        wait_for(lambda: worker.samples("postings_total") > 0, 30)
        assert worker.terminate(_STOP_SECONDS) == ExitCode.STOPPED


@pytest.mark.parametrize("kind", ["transactions", "customers", "state"])
def test_a_topic_with_another_number_of_partitions_ends_the_start(place: Place, kind: str) -> None:
    with place.admin() as admin:
        admin.create_topics([NewTopic(place.topic(kind), PARTITIONS + 1, 1)])
    with pytest.raises(Exception, match=f"has {PARTITIONS + 1} partitions, not {PARTITIONS}"):
        place.declare()
    with place.worker() as worker:
        assert worker.process.wait(30) == ExitCode.TOPICS
        [said] = [line for line in told_of(worker.log) if line.startswith("topic ")]
        assert said.startswith(
            f"topic {place.topic(kind)} has {PARTITIONS + 1} partitions, not {PARTITIONS}: "
        )
