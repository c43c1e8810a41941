"""`python -m agents.generate [--check]`: write what is told from the code, or fail if it is not what the code says.

These are the JSON Schemas, the pages of the detectors, and the table of settings in the README.
"""

import sys
from pathlib import Path
from typing import Final

from agents.catalogue_page import catalogue_markdown
from agents.policies import read_policy
from agents.settings import Settings, settings_table
from schemas.__main__ import generated as json_schemas

_ROOT: Final = Path(__file__).parents[1]
_README: Final = "README.md"
_BEGIN, _END = "<!-- settings -->", "<!-- /settings -->"


class GenerateError(ValueError):
    """A file has no place for what is to be written in it."""


def generated(root: Path = _ROOT) -> dict[str, str]:
    """Path below `root` -> text of each file, as the code says today.

    Raises:
        GenerateError: the README has not the two marks that the table of settings stands between.
    """
    fields = Settings.model_fields
    policy = read_policy(fields["policy"].default, fields["bank_timezone"].default)
    texts = {f"schemas/json/{name}": text for name, text in json_schemas().items()}
    texts["monitor/detectors/README.md"] = catalogue_markdown(policy, "en")
    texts["monitor/detectors/README.zh.md"] = catalogue_markdown(policy, "zh")
    texts[_README] = _with_settings((root / _README).read_text(encoding="utf-8"))
    return texts


def stale(root: Path = _ROOT) -> list[str]:
    """The files that are not what the code says."""
    return [name for name, text in generated(root).items() if _text_of(root / name) != text]


def main(arguments: list[str], root: Path = _ROOT) -> int:
    """0 if all is as it should be; 1 and the names of the stale files otherwise."""
    names = stale(root)
    if arguments == ["--check"]:
        if names:
            sys.stderr.write(f"stale, run `make generate`: {', '.join(names)}\n")
        return 1 if names else 0
    texts = generated(root)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(texts[name], encoding="utf-8")
        sys.stdout.write(f"{name}\n")
    return 0


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _with_settings(text: str) -> str:
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise GenerateError(f"{_README}: the marks {_BEGIN} and {_END} are missing")
    return f"{before}{begin}\n\n{settings_table()}\n\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
