"""Where policies come from: packaged with the service, or a file."""

from importlib.resources import files
from pathlib import Path

from monitor.catalogue import DETECTOR_IDS, GROUP_DETECTOR_IDS
from monitor.policy import Policy, PolicyError, load_policy


def packaged_policies() -> list[str]:
    """The names of the policies that come with the service."""
    folder = files("monitor") / "policies"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def read_policy(name: str, timezone: str) -> Policy:
    """The packaged policy of that name, or the one in the file of that path.

    Raises:
        PolicyError: there is none, or it is not valid; the text has one line per problem, and says where it is.
    """
    if name in packaged_policies():
        text = (files("monitor") / "policies" / f"{name}.yaml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            packs = ", ".join(packaged_policies())
            raise PolicyError(
                f"policy {name}: no such packaged policy ({packs}), and no readable file"
            ) from error
    try:
        return load_policy(
            text, detectors=DETECTOR_IDS, group_detectors=GROUP_DETECTOR_IDS, timezone=timezone
        )
    except PolicyError as error:
        lines = (line.removeprefix("policy: ") for line in str(error).splitlines())
        raise PolicyError("\n".join(f"policy {name}: {line}" for line in lines)) from error
