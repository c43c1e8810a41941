"""`python -m agents.compiled_core PACKAGE`: put machine code beside the sources of an installed `monitor` package.

The sources are compiled as they are, by Cython, and stay where they are: Python prefers the compiled modules, and what they
answer is the same, byte for byte (tests/integration/test_compiled.py). For images and installed packages. Never for a working
copy: what is compiled does not change when its source does. Needs a C compiler and Python's headers, to compile only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ON_THE_WAY: Final = [
    "alerting",
    "assessment",
    "batch",
    "calendar",
    "customer_state",
    "detector",
    "engine",
    "flows",
    "intake",
    "judge",
    "lately",
    "learn",
    "lists",
    "memo",
    "money",
    "names",
    "opening",
    "passing",
    "plain_form",
    "posting",
    "profile",
    "reporting",
    "report_rules",
    "reversing",
    "scoring",
    "turnover",
    "detectors/*",
    "stats/*",
]
"""The modules on a posting's way: the others would gain nothing."""
_CYTHONIZE: Final = (sys.executable, "-P", "-m", "Cython.Build.Cythonize")
_HOW: Final = ("--inplace", "--quiet", "-3", "-X", "annotation_typing=False", "-X", "binding=False")
_CFLAGS: Final = "-O2 -g0 -w -ffp-contract=off"
"""No fused multiplication and addition: floats are those of the interpreter."""
_NEEDED: Final = "Cython (ledgerwatch[compiled]), a C compiler and Python's headers are needed, or failed"


class NotCompiledError(Exception):
    """Why the core could not be compiled."""


def compile_core(package: Path) -> list[Path]:
    """Compile the modules of `package`, a directory named `monitor`; where they now are.

    Raises:
        NotCompiledError: it is no such directory, or what compiles is missing or failed.
    """
    if package.name != "monitor" or not (package / "engine.py").is_file():
        raise NotCompiledError(f"{package}: a directory named monitor, with the core's sources, is expected")
    with TemporaryDirectory() as work:
        copy = Path(work) / package.name
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        sources = [
            path for name in ON_THE_WAY for path in copy.glob(f"{name}.py") if path.name != "__init__.py"
        ]
        ended = subprocess.run(  # noqa: S603 - our own interpreter, and names of our own files
            [*_CYTHONIZE, *_HOW, "--parallel", str(os.cpu_count() or 1), *map(str, sources)],
            cwd=work,
            env=os.environ | {"CFLAGS": _CFLAGS},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        compiled = sorted(copy.rglob("*.so"))
        if ended.returncode or len(compiled) != len(sources):
            raise NotCompiledError(f"{_NEEDED}; it said:\n{ended.stdout[-2_000:]}")
        try:
            return [Path(shutil.copy(path, package / path.relative_to(copy).parent)) for path in compiled]
        except OSError as error:
            raise NotCompiledError(f"{package} cannot be written to: {error.strerror}") from error


def main() -> int:
    """Compile the package that the only argument names; 1 if it cannot be done."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its argument
        sys.stderr.write(
            "usage: python -m agents.compiled_core PACKAGE (an installed directory named monitor)\n"
        )
        return 2
    try:
        compiled = compile_core(Path(sys.argv[1]).resolve())
    except NotCompiledError as error:
        sys.stderr.write(f"compiled_core: {error}\n")
        return 1
    sys.stdout.write(f"{len(compiled)} modules compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
