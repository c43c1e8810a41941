"""A policy document as it was written: its values, and the file and line that each of them stands on.

YAML, read safely and strictly: a key twice, an alias or a tag is an error, and only `true` and `false` are truth values
(YAML 1.1 takes `off` and the country `NO` for `false`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import yaml

Path = tuple[str | int, ...]
"""From the top of a document: keys of mappings, positions in lists."""
_BOOL: Final = "tag:yaml.org,2002:bool"
_OF_YAML_1_1: Final = "yYnNoO"
_PLAIN: Final = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class PolicyError(ValueError):
    """The document is no valid policy; the text has one line per problem, says where, and what was expected."""


class Place(NamedTuple):
    """Where something was written; `file` as the user calls it, empty if the text is from nowhere."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Written:
    """Plain values (mappings, lists, texts, numbers, dates), and the place of each path to one."""

    file: str
    data: object
    places: Mapping[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place | None:
        """Where that path is written: of what is missing, where it is missing from."""
        for end in range(len(path), -1, -1):
            place = self.places.get(path[:end])
            if place is not None:
                return place
        return None


def problem(place: Place | None, path: Path, told: str, file: str = "") -> str:
    """One problem as one line.

    >>> problem(Place("mine.yaml", 7), ("bands", "high"), "Input should be less than 100")
    'policy mine.yaml: line 7, bands.high: Input should be less than 100'
    """
    name = place.file if place is not None else file
    where = ".".join(str(part) for part in path) or "document"
    line = f"line {place.line}, " if place is not None else ""
    return f"policy{' ' if name else ''}{name}: {line}{where}: {told}"


def read_document(text: str, file: str = "") -> Written:
    """The one document in the text.

    Raises:
        PolicyError: it is not YAML, or not as strict as above.
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        reading = _Reading(loader, file)
        data = None if node is None else reading.value(node, ())
    except yaml.YAMLError as error:
        raise PolicyError(_not_yaml(error, file)) from error
    except RecursionError as error:
        raise PolicyError(problem(None, (), "too deep: no policy nests like this", file)) from error
    if reading.problems:
        raise PolicyError("\n".join(reading.problems))
    return Written(file, data, reading.places)


class _Loader(yaml.SafeLoader):
    """Only `true` and `false` are truth values; nothing is said by reference."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        # A few lines of aliases of aliases can stand for more values than there is memory.
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # in the stubs
            raise yaml.composer.ComposerError(None, None, "an alias: write it out", mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [one for one in found if one[0] != _BOOL or first not in _OF_YAML_1_1]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Reading:
    """From nodes to values, noting places and what is wrong."""

    def __init__(self, loader: _Loader, file: str) -> None:
        self._loader = loader
        self._file = file
        self.places: dict[Path, Place] = {}
        self.problems: list[str] = []

    def value(self, node: yaml.Node, path: Path) -> object:
        self.places.setdefault(path, self._place(node))
        if isinstance(node, yaml.CollectionNode) and node.tag not in _PLAIN:
            self._add(node, path, f"a tag, {node.tag}: none is read")
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        try:
            plain: object = self._loader.construct_object(node)
        except ValueError as error:
            self._add(node, path, f"{node.value}: {error}")
            return None
        return plain

    def _items(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        first: dict[str, Place] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(key_node, path, "a key has to be a word")
                continue
            # A key is what it looks like: neither `2024` nor `2024-01-01` is wanted as anything else.
            key: str = key_node.value
            if key in first:
                self._add(key_node, (*path, key), f"written twice, first in line {first[key].line}")
                continue
            first[key] = self.places[*path, key] = self._place(key_node)
            yield key, self.value(value_node, (*path, key))

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1)

    def _add(self, node: yaml.Node, path: Path, told: str) -> None:
        self.problems.append(problem(self._place(node), path, told))


def _not_yaml(error: yaml.YAMLError, file: str) -> str:
    name = f"policy {file}" if file else "policy"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"{name}: not YAML: {' '.join(str(error).split())}"
    mark = error.problem_mark
    return f"{name}: not YAML: line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
