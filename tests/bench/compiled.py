"""The core alone, compiled: a copy of the project is made, its core compiled, and the same benchmark run there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from agents.compiled_core import NotCompiledError, compile_core
from tests.bench.children import BenchError
from tests.bench.report import Part

_ROOT: Final = Path(__file__).parents[2]
_LEFT_OUT: Final = (".*", "build", "dist", "*.so", "__pycache__")


def compiled_copy(directory: Path) -> Path:
    """A copy of the project in `directory`, which is made, with a compiled core.

    Raises:
        NotCompiledError: what compiles is missing or failed.
    """
    shutil.copytree(_ROOT, directory, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    compile_core(directory / "monitor")
    return directory


def python(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter on the copy of the project in `directory`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def measure(sources: Part, rounds: int) -> Part:
    """What `sources` measured of the core, once more with machine code; and the ratio of the two."""
    part = Part("compiled", "the core as in the image, compiled by agents/compiled_core.py; as above")
    with TemporaryDirectory() as work:
        record = Path(work) / "core.json"
        try:
            copy = compiled_copy(Path(work) / "ledgerwatch")
        except NotCompiledError as error:
            part.about += f"; left out: {str(error).splitlines()[0]}"
            return part
        ended = python(
            copy, "-m", "tests.bench", "--only", "core", "--rounds", str(rounds), "--record", str(record)
        )
        if ended.returncode:
            raise BenchError(f"the benchmark of the compiled core ended: {ended.stderr[-1_000:]}")
        lines = {line["name"]: line for line in json.loads(record.read_text("utf-8"))["parts"][0]["lines"]}
    for line in sources.lines:
        if line.at_most is not None and line.unit == "µs/posting":
            costs = lines[line.name]["rounds"]
            part.add(line.name, costs, line.unit, at_most=line.at_most)
            ratios = [one / other for one, other in zip(costs, line.rounds, strict=True)]
            part.add(f"{line.name}, compiled : sources", ratios, "x")
    return part
