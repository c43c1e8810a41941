"""What is written from the code is what the code says today."""

from schemas.__main__ import generated
from tests.architecture.tree import ROOT

_FOLDER = ROOT / "schemas" / "json"


def test_the_committed_json_schemas_are_what_the_models_say() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.json")}

    assert committed == generated(), "stale: run `make generate`"
