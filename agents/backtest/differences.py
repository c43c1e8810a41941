"""Where two policy documents say different things."""

from collections.abc import Mapping
from typing import NamedTuple


class Difference(NamedTuple):
    """A place in the policy documents where they say different things; empty: one does not say it."""

    place: str
    a: str
    b: str


def differences(a: object, b: object, place: str = "") -> list[Difference]:
    """Where two nested values differ.

    >>> differences({"x": {"y": 1, "z": 2}}, {"x": {"y": 1, "z": 3}})
    [Difference(place='x.z', a='2', b='3')]
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        names = [*a, *(name for name in b if name not in a)]
        return [
            one
            for name in names
            for one in differences(a.get(name), b.get(name), f"{place}.{name}" if place else str(name))
        ]
    if isinstance(a, Mapping) or isinstance(b, Mapping):
        return differences(a or {}, {}, place) if isinstance(a, Mapping) else differences({}, b, place)
    return [] if a == b else [Difference(place, _text(a), _text(b))]


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
