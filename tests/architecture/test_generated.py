"""What is written from the code is what the code says today."""

from pathlib import Path

import pytest

from agents.generate import GenerateError, generated, main, stale
from schemas.__main__ import generated as json_schemas
from tests.architecture.tree import ROOT

_FOLDER = ROOT / "schemas" / "json"


def test_the_committed_json_schemas_are_what_the_models_say() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.json")}

    assert committed == json_schemas(), "stale: run `make generate`"


def test_every_generated_file_is_what_the_code_says() -> None:
    assert stale() == [], "stale: run `make generate`"
    assert {"README.md", "monitor/detectors/README.md", "monitor/detectors/README.zh.md"} < generated().keys()


def test_generating_mends_what_is_stale_and_only_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in generated().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- settings -->\nold\n<!-- /settings -->\nafter\n", encoding="utf-8")
    (tmp_path / "monitor/detectors/README.md").unlink()
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "stale, run `make generate`: monitor/detectors/README.md, README.md\n"
    assert main([], tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == ["monitor/detectors/README.md", "README.md"]
    assert main(["--check"], tmp_path) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- settings -->\n\n| variable |")
    assert text.endswith("|\n\n<!-- /settings -->\nafter\n")


def test_a_readme_without_its_marks_is_an_error_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("<!-- settings -->", encoding="utf-8")
    with pytest.raises(
        GenerateError, match=r"README\.md: the marks <!-- settings --> and <!-- /settings -->"
    ):
        generated(tmp_path)
