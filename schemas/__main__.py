"""`python -m schemas [--check]`: write the JSON Schemas in schemas/json/, or fail if they are not what the models say."""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from schemas import (
    Alert,
    Customer,
    DeadLetter,
    GroupPosting,
    PeerPart,
    PolicyRelease,
    RiskGradeChange,
    ShadowFinding,
    ThresholdReport,
    Transaction,
)

_FOLDER = Path(__file__).parent / "json"
_MODELS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("transaction", Transaction),
    ("customer", Customer),
    ("alert", Alert),
    ("threshold-report", ThresholdReport),
    ("risk-grade-change", RiskGradeChange),
    ("shadow-finding", ShadowFinding),
    ("group-posting", GroupPosting),
    ("peer-part", PeerPart),
    ("dead-letter", DeadLetter),
    ("policy-release", PolicyRelease),
)


def generated() -> dict[str, str]:
    """File name -> text of each JSON Schema, as the models say today."""
    return {
        f"{name}.schema.json": json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, model in _MODELS
    }


def main() -> int:
    """0 if all is as it should be; 1 and the names of the stale files otherwise."""
    if sys.argv[1:] == ["--check"]:
        stale = [
            name
            for name, text in generated().items()
            if not (_FOLDER / name).is_file() or (_FOLDER / name).read_text(encoding="utf-8") != text
        ]
        if stale:
            sys.stderr.write(f"stale, run `make generate`: {', '.join(stale)}\n")
        return 1 if stale else 0
    _FOLDER.mkdir(exist_ok=True)
    for name, text in generated().items():
        (_FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
