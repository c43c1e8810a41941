"""A worker is alive while it makes progress or has nothing to do, and ready while it judges."""

import aiohttp
import pytest

from agents.health import Health, HealthServer, Liveness, Phase, WebPortError
from agents.metrics import Metrics


def test_work_without_progress_is_a_stall_after_its_time() -> None:
    liveness = Liveness(stall_seconds=10)
    for now_seconds, stalled in ((0, False), (9.9, False), (10, True), (30, True)):
        liveness.observe(now_seconds, "same", is_busy=True)
        assert liveness.is_stalled is stalled


def test_progress_starts_the_time_anew() -> None:
    liveness = Liveness(stall_seconds=10)
    for now_seconds in range(0, 100, 5):
        liveness.observe(now_seconds, now_seconds, is_busy=True)
        assert not liveness.is_stalled


def test_nothing_to_do_is_no_stall_and_counts_for_no_later_one() -> None:
    liveness = Liveness(stall_seconds=10)
    liveness.observe(0, "same", is_busy=False)
    liveness.observe(100, "same", is_busy=False)
    liveness.observe(105, "same", is_busy=True)
    assert not liveness.is_stalled
    liveness.observe(110, "same", is_busy=True)
    assert liveness.is_stalled


@pytest.mark.parametrize("phase", list(Phase))
def test_only_who_judges_is_ready_and_everyone_is_alive(phase: Phase) -> None:
    health = Health(Liveness(10))
    health.phase = phase
    assert health.is_alive
    assert health.is_ready is (phase is Phase.JUDGING)


async def test_probes_answer_while_there_is_no_broker() -> None:
    health = Health(Liveness(10))
    server = HealthServer(health, Metrics())
    await server.start("127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.port}"
    try:
        async with aiohttp.ClientSession() as http:
            for path, status in (("/healthz", 200), ("/readyz", 503), ("/metrics", 200)):
                async with http.get(url + path) as answer:
                    assert answer.status == status
            health.liveness.is_stalled = True
            async with http.get(f"{url}/healthz") as answer:
                assert (answer.status, await answer.text()) == (503, "stalled\n")
    finally:
        await server.stop()


async def test_a_taken_port_is_one_clear_error() -> None:
    first, second = (HealthServer(Health(Liveness(10)), Metrics()) for _ in range(2))
    await first.start("127.0.0.1", 0)
    try:
        with pytest.raises(WebPortError, match="LEDGERWATCH_WEB_PORT"):
            await second.start("127.0.0.1", first.port)
    finally:
        await first.stop()
