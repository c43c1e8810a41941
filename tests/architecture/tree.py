"""The repository as files, for the tests that read it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("schemas", "monitor", "agents")

_NOT_OURS: Final = frozenset(
    {
        ".git",
        ".venv",
        ".cache",
        ".hypothesis",
        ".idea",
        ".import_linter_cache",
        ".ledgerwatch",
        ".mypy_cache",
        ".ruff_cache",
        ".vscode",
        "__pycache__",
        "build",
        "data",
        "dist",
        "out",
    }
)


def files(*suffixes: str, under: str = ".") -> Iterator[Path]:
    """Every file of ours below a folder of the repository, in order; with one of the suffixes, if any are given."""
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = sorted(name for name in folders if name not in _NOT_OURS)
        for name in sorted(names):
            path = Path(folder) / name
            if not suffixes or path.suffix in suffixes:
                yield path


def name_of(path: Path) -> str:
    """How a failure names a file: from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
