"""Files stay short, say what they are, and name no one's machine."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import ROOMS, ROOT, files, name_of

_LINES_AT_MOST: Final = 300
_DETECTOR_LINES_AT_MOST: Final = 80
_DETECTORS: Final = (ROOT / "monitor" / "detectors", ROOT / "monitor" / "group_detectors")

_TEXT: Final = (".cfg", ".json", ".lock", ".md", ".py", ".sh", ".toml", ".txt", ".xml", ".yaml", ".yml", "")
_HOMES: Final = re.compile(r"/(?:home|root|Users)/\w")
_REGISTRIES: Final = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|maven\.org|maven\.apache\.org/maven2|npmjs\.org)\b"
)


def _is_a_detector(path: Path) -> bool:
    return path.parent in _DETECTORS and path.name != "__init__.py"


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_file_of_code_can_be_read_in_one_sitting() -> None:
    long = {
        name_of(path): count
        for path in files(".py")
        if (count := _lines(path)) > (_DETECTOR_LINES_AT_MOST if _is_a_detector(path) else _LINES_AT_MOST)
    }

    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in files(".py")
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]

    assert silent == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_ships_its_types(room: str) -> None:
    assert (ROOT / room / "py.typed").is_file()


@pytest.mark.parametrize("pattern", [_HOMES, _REGISTRIES], ids=["someone's home", "a package registry"])
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in files(*_TEXT)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_only_integration_tests_and_measurements_wait_or_look_at_the_clock() -> None:
    waits = re.compile(r"\btime\.(?:sleep|time|monotonic)\(|\basyncio\.sleep\((?!0\))|\bdatetime\.now\(")
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in files(".py", under="tests")
        if path.relative_to(ROOT / "tests").parts[0] not in {"architecture", "bench", "eval", "integration"}
        for match in waits.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []
