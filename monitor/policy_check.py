"""Is this a policy? Every problem of a document in one line, with the line that it stands on and what was expected."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.grading_document import Part
from monitor.policy_document import PolicyDocument
from monitor.policy_layers import KEY
from monitor.policy_source import Path, PolicyError, Written, problem

_OF_A_KEY: Final = "[key]"


def checked(written: Written, detectors: Mapping[str, frozenset[str]]) -> PolicyDocument:
    """The document, valid; `detectors` are the ids that it has to have, by section, no more and no fewer.

    Raises:
        PolicyError: one line for each problem, in the order of the lines.
    """
    if isinstance(written.data, dict) and KEY in written.data:
        told = "a document that stands alone is expected here: `ledgerwatch policy publish` joins it with what it extends"
        raise PolicyError(_said(written, (KEY,), told))
    found: dict[str, Path] = {}
    # What is missing in an entry that is for no detector is not worth a line of its own.
    strange = {
        (section, name) for section, ids in detectors.items() for name in _strange(written.data, section, ids)
    }
    document = None
    try:
        document = PolicyDocument.model_validate(written.data)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path = tuple(part for part in one["loc"] if part != _OF_A_KEY)
            if path[:2] not in strange:
                found.setdefault(_said(written, path, _expected(one)), path)
    for section, ids in detectors.items():
        for path, told in _detector_problems(written.data, section, ids):
            found.setdefault(_said(written, path, told), path)
    if found or document is None:
        raise PolicyError("\n".join(sorted(found, key=lambda line: _line(written, found[line]))))
    return document


def _strange(data: object, section: str, detectors: frozenset[str]) -> frozenset[str]:
    """The names in a section that no detector has."""
    given = data.get(section) if isinstance(data, dict) else None
    return frozenset(given) - detectors if isinstance(given, dict) else frozenset()


def _detector_problems(data: object, section: str, detectors: frozenset[str]) -> Iterator[tuple[Path, str]]:
    given = data.get(section) if isinstance(data, dict) else None
    if not isinstance(given, dict):
        return
    missing = detectors - given.keys()
    for name in _strange(data, section, detectors):
        nearest = get_close_matches(name, sorted(missing), 1) or get_close_matches(name, sorted(detectors), 1)
        missing -= set(nearest)
        yield (section, name), f"no such detector{_suggested(nearest)}"
    for name in missing:
        yield (section, name), "missing: every detector has an entry, if only with `mode: off`"
    for name, policy in given.items():
        if name not in detectors:
            continue
        default = policy.get("default") if isinstance(policy, dict) else None
        if isinstance(default, dict) and default.get("threshold") is None:
            yield (section, name, "default", "threshold"), "Field required"


def _expected(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return (
            f"no such key{_suggested(get_close_matches(str(error['loc'][-1]), sorted(_known_keys(Part)), 1))}"
        )
    if error["type"] == "string_type" and error["input"] is not None:
        return "a text is expected: put it in quotes"
    return error["msg"].removeprefix("Value error, ")


def _suggested(nearest: list[str]) -> str:
    return f": is {nearest[0]} meant?" if nearest else ""


def _known_keys(part: type[Part]) -> set[str]:
    """The keys of all parts of a document."""
    return set(part.model_fields).union(*map(_known_keys, part.__subclasses__()))


def _said(written: Written, path: Path, told: str) -> str:
    return problem(written.place(path), path, told, written.file)


def _line(written: Written, path: Path) -> tuple[bool, str, int, Path]:
    """Where a problem comes in the list: the document's own before those of what it extends."""
    place = written.place(path)
    if place is None:
        return False, "", 0, ()
    return place.file != written.file, place.file, place.line, tuple(map(str, path))
