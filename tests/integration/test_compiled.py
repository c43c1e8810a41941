"""The compiled core is the core: it passes the same tests, and gives the same bytes, as the sources that it is made of."""

import os
from pathlib import Path

import pytest

from agents.compiled_core import NotCompiledError
from tests.bench.compiled import compiled_copy, python

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_DIGEST = """
import hashlib
from datetime import date
import monitor.engine
from agents.policies import read_policy
from agents.simulator import SimulationPlan, simulate
from tests.bench.crowd import batches
bank = simulate(SimulationPlan(customers=200, days=60, start=date(2025, 1, 6)))
engine = monitor.engine.Engine(read_policy("cn-pboc", "Asia/Shanghai"))
states, said = {}, hashlib.sha256()
for batch in batches([(key, value) for key, value, _ in bank.records()]):
    outcome = engine.process(batch, states)
    states.update(outcome.states)
    for _, messages in outcome.messages():
        for message in messages:
            said.update(message.model_dump_json().encode())
for key in sorted(states):
    said.update(key + states[key])
print(said.hexdigest(), monitor.engine.__file__.endswith(".py"))
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a compiled core."""
    try:
        return compiled_copy(tmp_path_factory.mktemp("compiled") / "ledgerwatch")
    except NotCompiledError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error).splitlines()[0])


@pytest.mark.timeout(1200)
def test_the_compiled_core_gives_the_same_bytes(compiled: Path) -> None:
    answers = [python(directory, "-c", _DIGEST).stdout.split() for directory in (_ROOT, compiled)]
    (digest, is_source), (compiled_digest, is_compiled_source) = answers
    assert (is_source, is_compiled_source) == ("True", "False")
    assert compiled_digest == digest


@pytest.mark.timeout(1200)
def test_the_compiled_core_passes_the_tests_of_the_core(compiled: Path) -> None:
    ended = python(compiled, "-m", "pytest", "-q", "tests/laws", "tests/stories", "tests/contract")
    assert ended.returncode == 0, ended.stdout[-3_000:]
    assert " passed" in ended.stdout
