"""What builds and ships the project agrees with what is in it."""

import re
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest
import yaml
from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from agents.settings import Settings, variable
from tests.architecture.tree import ROOMS, ROOT, files, name_of

_DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
_PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_LOCKED: Final = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def _locked(name: str) -> dict[str, str]:
    return dict(_LOCKED.findall((ROOT / name).read_text(encoding="utf-8")))


def _from_the_repository(dockerfile: str) -> list[str]:
    """What its COPY lines take from the repository, not from another stage."""
    copies = [line.split()[1:-1] for line in dockerfile.splitlines() if line.startswith("COPY ")]
    return [source for sources in copies if not sources[0].startswith("--from") for source in sources]


def test_the_wheel_holds_every_file_of_the_rooms_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == {name_of(path) for room in ROOMS for path in files(under=room)}


def test_the_image_copies_only_what_exists_and_is_let_in() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = _from_the_repository(_DOCKERFILE)

    assert set(ROOMS) <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore, source


def test_the_image_does_not_run_as_root() -> None:
    final_stage = _DOCKERFILE.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\S+)", final_stage, re.MULTILINE)

    assert users
    assert users[-1].partition(":")[0] not in {"root", "0"}
    assert "HEALTHCHECK" in final_stage


def test_every_dependency_is_locked_at_a_version_that_it_allows() -> None:
    runtime = [Requirement(line) for line in _PROJECT["dependencies"]]
    extras = [Requirement(line) for lines in _PROJECT["optional-dependencies"].values() for line in lines]

    for requirements, lock in (
        (runtime, "requirements-runtime.lock"),
        (runtime + extras, "requirements.lock"),
    ):
        locked = _locked(lock)
        for requirement in requirements:
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), (
                lock,
                requirement,
            )


@pytest.mark.parametrize("lock", ["requirements-runtime.lock", "requirements-build.lock"])
def test_what_ships_is_what_was_tested(lock: str) -> None:
    assert _locked(lock).items() <= _locked("requirements.lock").items()


def test_compose_opens_ports_on_loopback_alone() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/compose.yaml"])
def test_what_the_worker_is_told_there_is_a_setting(name: str) -> None:
    told = set(re.findall(r"\bLEDGERWATCH_[A-Z_]+", (ROOT / name).read_text(encoding="utf-8")))

    assert told <= {variable(field) for field in Settings.model_fields}


def test_the_makefile_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    assert phony
    assert set(phony.group(1).split()) == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
