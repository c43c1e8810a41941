"""What cannot be compiled is said, and nothing is left half done. That what is compiled is the same: tests/integration."""

import sys
from pathlib import Path

import pytest

from agents import compiled_core
from agents.compiled_core import ON_THE_WAY, NotCompiledError, compile_core, main
from tests.architecture.tree import ROOT


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """As much of a package as is looked at before anything is compiled."""
    made = tmp_path / "monitor"
    made.mkdir()
    (made / "engine.py").write_text("")
    return made


def test_every_module_on_the_way_exists() -> None:
    assert [name for name in ON_THE_WAY if not [*(ROOT / "monitor").glob(f"{name}.py")]] == []


def test_a_directory_that_is_no_core_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotCompiledError, match="a directory named monitor"):
        compile_core(tmp_path)


@pytest.mark.parametrize("code", ["import sys; print('no cc'); sys.exit(1)", "print('no cc')"])
def test_what_compiles_nothing_is_an_error_with_what_it_said(
    package: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(compiled_core, "_CYTHONIZE", (sys.executable, "-c", code))
    with pytest.raises(NotCompiledError, match="no cc"):
        compile_core(package)
    assert [path.name for path in package.iterdir()] == ["engine.py"]


def test_a_package_that_cannot_be_written_to_is_said(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import pathlib; pathlib.Path('monitor/engine.so').touch()"
    monkeypatch.setattr(compiled_core, "_CYTHONIZE", (sys.executable, "-c", code))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.copy", refuse)
    with pytest.raises(NotCompiledError, match="cannot be written to: Permission denied"):
        compile_core(package)


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["a", "b"], 2), (["nowhere"], 1)])
def test_errors_are_one_line_and_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["compiled_core", *arguments])
    assert main() == code
    assert len(capsys.readouterr().err.splitlines()) == 1
