"""What is different between two policies, by meaning: numbers, lists, modes and reasons, not how they are written."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from monitor.policy_document import PolicyDocument
from monitor.policy_source import Path, Place, Written

_NAMED_BY: Final = ("id", "since")
"""What tells the entries of a list of mappings apart, whatever their order."""
_NAMES: Final = ("id", "version")


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not the same. Of a list, `old` and `new` are the entries that only one of them has."""

    path: str
    kind: Literal["changed", "added", "removed", "list"]
    old: object
    new: object
    old_place: Place | None
    new_place: Place | None

    def as_json(self) -> dict[str, object]:
        """The change for machines."""
        return {
            "path": self.path,
            "kind": self.kind,
            "old": self.old,
            "new": self.new,
            "old_file": self.old_place and self.old_place.file,
            "old_line": self.old_place and self.old_place.line,
            "new_file": self.new_place and self.new_place.file,
            "new_line": self.new_place and self.new_place.line,
        }

    def as_text(self) -> str:
        """The change in one line, for people."""
        if self.kind == "list":
            parts = [f"- {_shown(one)}" for one in _entries(self.old)] + [
                f"+ {_shown(one)}" for one in _entries(self.new)
            ]
            told = ", ".join(parts)
        elif self.kind == "added":
            told = f"added, {_shown(self.new)}"
        elif self.kind == "removed":
            told = f"removed, was {_shown(self.old)}"
        else:
            told = f"{_shown(self.old)} → {_shown(self.new)}"
        places = [
            f"{place.file} line {place.line}"
            for place in (self.old_place, self.new_place)
            if place is not None
        ]
        return f"{self.path}: {told}  ({', '.join(places)})"


class _InList(NamedTuple):
    """One of a list of mappings, by its path in words."""

    name: str
    place: Place | None


_Entry = tuple[str, Path]


@dataclass(frozen=True, slots=True)
class _Value:
    value: object
    place: Place | None
    entry: _InList | None
    """The entry of a named list that it is part of."""


def changes(old: tuple[Written, PolicyDocument], new: tuple[Written, PolicyDocument]) -> list[Change]:
    """Everything but the names of the two, in the order of the old document; what is only in the new one comes last."""
    before, after = _values(*old), _values(*new)
    kept = _entries_of(before) & _entries_of(after)
    # An entry that only one of them has is one change, not one for each of its values.
    before, after = _whole(before, kept), _whole(after, kept)
    found = []
    for path in [*before, *(path for path in after if path not in before)]:
        change = _compared(path, before.get(path), after.get(path))
        if change is not None:
            found.append(change)
    return found


def _entries_of(values: dict[str, _Value]) -> set[str]:
    return {one.entry.name for one in values.values() if one.entry is not None}


def _whole(values: dict[str, _Value], kept: Collection[str]) -> dict[str, _Value]:
    gathered: dict[str, _Value] = {}
    contents: dict[str, dict[str, object]] = {}
    for path, one in values.items():
        if one.entry is None or one.entry.name in kept:
            gathered[path] = one
            continue
        name, place = one.entry
        content = contents.setdefault(name, {})
        content[path.removeprefix(f"{name}.")] = one.value
        gathered.setdefault(name, _Value(content, place, None))
    return gathered


def _compared(path: str, was: _Value | None, now: _Value | None) -> Change | None:
    if was is None:
        return None if now is None else Change(path, "added", None, now.value, None, now.place)
    if now is None:
        return Change(path, "removed", was.value, None, was.place, None)
    if isinstance(was.value, list) and isinstance(now.value, list):
        gone = [one for one in was.value if one not in now.value]
        come = [one for one in now.value if one not in was.value]
        return Change(path, "list", gone, come, was.place, now.place) if gone or come else None
    if was.value == now.value:
        return None
    return Change(path, "changed", was.value, now.value, was.place, now.place)


def _values(written: Written, document: PolicyDocument) -> dict[str, _Value]:
    """By its path in words: every single value, and every list of single values."""
    content = document.model_dump(exclude_none=True, exclude=set(_NAMES))
    return {
        name: _Value(_plain(value), written.place(at), entry and _InList(entry[0], written.place(entry[1])))
        for name, at, entry, value in _flat(content, "", (), None)
    }


def _plain(value: object) -> object:
    """As JSON has it, and alike where it means the same: 7.05 is 7.050."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _flat(
    value: object, name: str, at: Path, entry: _Entry | None
) -> Iterator[tuple[str, Path, _Entry | None, object]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flat(one, f"{name}.{key}" if name else str(key), (*at, key), entry)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for number, one in enumerate(value):
            known = next((key for key in _NAMED_BY if key in one), None)
            rest = {key: part for key, part in one.items() if key != known}
            label = f"{name}[{one[known] if known else number}]"
            yield from _flat(rest, label, (*at, number), (label, (*at, number)))
    else:
        yield name, at, entry, value


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:,.10g}"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "nothing"
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_shown(one)}" for name, one in value.items())
    text = " ".join(str(value).split())
    return f'"{text}"' if " " in text else text
