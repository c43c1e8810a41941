"""Where policies come from: packaged with the service, or a file; and the others that they extend."""

from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml

from monitor.catalogue import DETECTOR_IDS, DETECTORS, GROUP_DETECTOR_IDS, GROUP_DETECTORS
from monitor.policy import Policy, load_policy
from monitor.policy_layers import KEY, Scale, extended, layered
from monitor.policy_source import PolicyError, Written, problem, read_document

_MONEY: Final = frozenset(one.id for one in (*DETECTORS, *GROUP_DETECTORS) if one.unit == "money")
_DEEPEST: Final = 8
_WIDTH: Final = 120


def packaged_policies() -> list[str]:
    """The names of the policies that come with the service."""
    folder = files("monitor") / "policies"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def read_policy(name: str, timezone: str) -> Policy:
    """The packaged policy of that name, or the one in the file of that path.

    Raises:
        PolicyError: there is none, or it is not valid; the text has one line per problem, and says where it is.
    """
    return load(read_written(name), timezone)


def load(written: Written, timezone: str) -> Policy:
    """The policy that a document holds, with an entry for every detector of the catalogue.

    Raises:
        PolicyError: it is not valid.
    """
    return load_policy(written, detectors=DETECTOR_IDS, group_detectors=GROUP_DETECTOR_IDS, timezone=timezone)


def read_written(name: str) -> Written:
    """The document as it is written, joined with what it extends; it may still be no valid policy.

    Raises:
        PolicyError: it cannot be read, or is no YAML.
    """
    return _joined(name, _text(name), ())


def standalone_text(name: str) -> str:
    """The text of the document verbatim, or, where it extends another, that of both together.

    What was joined has no comments, and says so in its first line.

    Raises:
        PolicyError: as `read_written`.
    """
    text = _text(name)
    if extended(read_document(text, name)) is None:
        return text
    document = yaml.safe_dump(read_written(name).data, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return (
        f"# Joined from {Path(name).name} and what it extends, by `ledgerwatch policy publish`.\n{document}"
    )


def _joined(name: str, text: str, above: tuple[str, ...]) -> Written:
    own = read_document(text, name)
    extends = extended(own)
    if extends is None:
        return own
    wanted = extends.policy if isinstance(extends, Scale) else extends
    found = wanted if wanted in packaged_policies() else _beside(name, wanted, own)
    chain = (*above, name)
    if found in chain or len(chain) > _DEEPEST:
        told = f"extends itself: {' → '.join((*chain, found))}"
        raise PolicyError(problem(own.place((KEY,)), (KEY,), told))
    try:
        base = _text(found)
    except PolicyError as error:
        packs = ", ".join(packaged_policies())
        told = f"{wanted}: no such packaged policy ({packs}), and no readable file beside {Path(name).name}"
        raise PolicyError(problem(own.place((KEY,)), (KEY,), told)) from error
    return layered(own, _joined(found, base, chain), extends, _MONEY)


def _beside(name: str, wanted: str, own: Written) -> str:
    """The path of what is extended, told from the folder of the file that extends it."""
    if name in packaged_policies() or Path(wanted).is_absolute():
        told = f"{wanted}: a packaged policy ({', '.join(packaged_policies())}) or a path from this file's folder is expected"
        raise PolicyError(problem(own.place((KEY,)), (KEY,), told))
    return str(Path(name).parent / wanted)


def _text(name: str) -> str:
    if name in packaged_policies():
        return (files("monitor") / "policies" / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        packs = ", ".join(packaged_policies())
        raise PolicyError(
            f"policy {name}: no such packaged policy ({packs}), and no readable file"
        ) from error
