"""A worker that was frozen, by a paused machine or a long swap, comes back to partitions that are another's by then."""

import os
import signal
import time
from itertools import islice
from pathlib import Path

import pytest

from agents.worker import ExitCode
from tests.integration.faults import doomed
from tests.integration.faults.evidence import Topics, quiet_run
from tests.integration.faults.place import Place
from tests.integration.faults.sending import send_all
from tests.integration.faults.storm import UNEASY
from tests.integration.faults.stream import make_bank, transactions
from tests.integration.worker_process import wait_for, wait_until_drained

_SEED = 4


def _is_stopped(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return stat.rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the frozen process in /proc")
@pytest.mark.parametrize("step", ["sent", "published", "appended", "finished"])
async def test_a_frozen_worker_undoes_nothing(place: Place, step: str) -> None:
    place = Place(place.servers, place.name, place.folder, dict(UNEASY))
    place.declare()
    await send_all(place, "transactions", list(islice(transactions(make_bank(), _SEED), 12_000)))
    with place.worker(**doomed.doom(step, 2, signal.SIGSTOP)) as frozen, place.worker() as other:
        frozen.kill()
        frozen.code = doomed.CODE
        frozen.start()
        pid = frozen.process.pid
        wait_for(lambda: _is_stopped(pid), 30)
        other.wait_until_ready()
        wait_until_drained([other])
        os.kill(pid, signal.SIGCONT)
        time.sleep(1.0)
        frozen.wait_until_ready()
        wait_until_drained([frozen, other])
        assert frozen.terminate() == ExitCode.STOPPED
        assert other.terminate() == ExitCode.STOPPED
    topics = await Topics.of(place)
    quiet = quiet_run(place, topics)
    assert topics.states() == quiet.states
    assert topics.revisions() == {revision: {value} for revision, value in quiet.revisions.items()}
    assert topics.letters() == {key: {value} for key, value in quiet.letters.items()}
