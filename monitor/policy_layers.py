"""A policy that extends another: what it says goes before what the other says, key by key; lists are replaced whole.
A reason written anew (`why`) does not keep the other's Chinese (`why_zh`).

Of the other, every amount of money in the detectors' limits is multiplied by `money_scale` and rounded to two significant
digits, for a base in another currency: floors, and thresholds of detectors that measure money where they are amounts and
not factors. What is law is not translated: the extending document writes its own `reporting`.
"""

from collections.abc import Collection
from math import floor, inf, log10
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from monitor.grading_document import Part
from monitor.policy_source import Path, Place, PolicyError, Written, problem

KEY: Final = "extends"
NOT_INHERITED: Final = ("id", "version")
"""A policy has a name of its own: alerts cite it."""
AMOUNTS_FROM: Final = 1_000
"""A threshold of a detector that measures money is an amount from here on, and below it a factor or deviations: no limit
on those comes near, and no bank's limit on an amount is as small, in any of the packs' currencies."""
_DIGITS: Final = 2
_SECTIONS: Final = "detectors"
"""What the names of sections with detectors' limits end in."""
_WHY: Final = "why"
_WHY_ZH: Final = "why_zh"
_SCALED: Final = {
    _WHY: " (amounts: those of {policy}, times {by:g}, rounded)",
    _WHY_ZH: "（金额为{policy}的{by:g}倍，经取整）",
}
"""What a reason says more, in its language, of amounts that are not those it was written for."""


class Scale(Part):
    """By how much the money of the extended policy is multiplied, and why."""

    policy: Annotated[str, Field(min_length=1)]
    money_scale: Annotated[float, Field(gt=0, le=1e6)]
    why: str


_extends: Final[TypeAdapter[Scale | str]] = TypeAdapter(Scale | str)


def extended(own: Written) -> Scale | str | None:
    """What the document extends, a packaged policy's name or a file's path, and the scale if it gives one; or None.

    Raises:
        PolicyError: it says so in a way that cannot be.
    """
    if not isinstance(own.data, dict) or KEY not in own.data:
        return None
    value = own.data[KEY]
    try:
        if not isinstance(value, dict):
            return _extends.validate_python(value, strict=True)
        return Scale.model_validate(value)
    except ValidationError as error:
        if not isinstance(value, dict):
            told = "the name of a packaged policy or the path of a file is expected, or `policy`, `money_scale` and `why`"
            raise PolicyError(problem(own.place((KEY,)), (KEY,), told)) from error
        lines = []
        for one in error.errors():
            path = (KEY, *one["loc"])
            lines.append(problem(own.place(path), path, one["msg"]))
        raise PolicyError("\n".join(lines)) from error


def layered(own: Written, base: Written, extends: Scale | str, money: Collection[str]) -> Written:
    """The document that both make together; places stay those of the file that a value is written in.

    Args:
        own: what goes before.
        base: what it extends.
        extends: how.
        money: ids of the detectors that measure money.
    """
    if not isinstance(own.data, dict) or not isinstance(base.data, dict):
        return own
    places = dict(own.places)
    mine = {key: value for key, value in own.data.items() if key != KEY}
    theirs = {key: value for key, value in base.data.items() if key not in NOT_INHERITED}
    if isinstance(extends, Scale):
        theirs = _translated(theirs, extends, money)
    data = _merged(mine, theirs, (), places, base)
    return Written(own.file, data, places)


def _merged(mine: object, theirs: object, path: Path, places: dict[Path, Place], base: Written) -> object:
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return mine
    if _WHY in mine and _WHY_ZH not in mine:
        # A translation goes with what it translates.
        theirs = {key: value for key, value in theirs.items() if key != _WHY_ZH}
    merged = {}
    # In the order of the base, so that documents read alike.
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        at = (*path, key)
        if key not in mine:
            merged[key] = theirs[key]
            places.update({one: place for one, place in base.places.items() if one[: len(at)] == at})
        elif key in theirs:
            merged[key] = _merged(mine[key], theirs[key], at, places, base)
        else:
            merged[key] = mine[key]
    return merged


def _translated(document: dict[str, object], scale: Scale, money: Collection[str]) -> dict[str, object]:
    changed = dict(document)
    for section, given in document.items():
        if section.endswith(_SECTIONS) and isinstance(given, dict):
            changed[section] = {
                name: _detector(policy, scale, measures_money=name in money) for name, policy in given.items()
            }
    return changed


def _detector(policy: object, scale: Scale, *, measures_money: bool) -> object:
    if not isinstance(policy, dict):
        return policy
    changed = policy | {"default": _limit(policy.get("default"), scale, measures_money=measures_money)}
    for group in ("kinds", "segments"):
        given = policy.get(group)
        if isinstance(given, dict):
            changed[group] = {
                name: _limit(one, scale, measures_money=measures_money) for name, one in given.items()
            }
    if changed != policy:
        for name, more in _SCALED.items():
            if isinstance(policy.get(name), str):
                changed[name] = policy[name] + more.format(policy=scale.policy, by=scale.money_scale)
    return changed


def _limit(limit: object, scale: Scale, *, measures_money: bool) -> object:
    if not isinstance(limit, dict):
        return limit
    amounts = {
        name: value for name, value in limit.items() if _is_amount(name, value, measures_money=measures_money)
    }
    return limit | {name: _rounded(value * scale.money_scale) for name, value in amounts.items()}


def _is_amount(name: str, value: object, *, measures_money: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
        return False
    return name == "floor" or (name == "threshold" and measures_money and value >= AMOUNTS_FROM)


def _rounded(amount: float) -> float:
    """To two significant digits.

    >>> _rounded(12_500.0), _rounded(1.26)
    (12000, 1.3)
    """
    rounded = round(amount, _DIGITS - 1 - floor(log10(amount)))
    return int(rounded) if rounded.is_integer() else rounded
