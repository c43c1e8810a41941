"""A worker that was frozen, by a paused machine or a long swap, comes back to partitions that are another's by then."""

import os
import signal
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from agents.worker import ExitCode
from tests.integration.faults import doomed
from tests.integration.faults.evidence import Topics, quiet_run
from tests.integration.faults.place import Place
from tests.integration.faults.sending import send_all
from tests.integration.faults.storm import UNEASY
from tests.integration.faults.stream import make_bank, sensitive_policy, transactions
from tests.integration.worker_process import wait_for, wait_until_drained

_SEED: Final = 4
_COUNT: Final = 9_000


def _is_frozen(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return stat.rpartition(")")[2].split()[0] == "T"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the frozen process in /proc")
@pytest.mark.parametrize("step", ["published", "appended", "finished"])
async def test_a_frozen_worker_undoes_nothing(place: Place, tmp_path: Path, step: str) -> None:
    options = {**UNEASY, "policy": str(sensitive_policy(tmp_path))}
    place = Place(place.servers, place.name, place.folder, options)
    place.declare()
    await send_all(place, "transactions", list(islice(transactions(make_bank(), _SEED), _COUNT)))
    frozen, other = place.worker(**doomed.doom(step, 2, signal.SIGSTOP)), place.worker()
    frozen.code = doomed.CODE
    with frozen:
        pid = frozen.process.pid
        wait_for(lambda: _is_frozen(pid), 30)
        with other:
            other.wait_until_ready()
            wait_until_drained([other])
            os.kill(pid, signal.SIGCONT)
            # First it believes that it is a member still, then it knows better, then it is one.
            wait_for(lambda: frozen.status("/readyz") == 503, 30)
            frozen.wait_until_ready()
            wait_until_drained([frozen, other])
            assert frozen.terminate() == ExitCode.STOPPED
            assert other.terminate() == ExitCode.STOPPED
    topics = await Topics.of(place)
    quiet = quiet_run(place, topics)
    assert topics.states() == quiet.states
    assert topics.revisions() == {revision: {value} for revision, value in quiet.revisions.items()}
    assert topics.letters() == {key: {value} for key, value in quiet.letters.items()}
