"""A release says who answers for it, and is what it says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from agents.releases import ReleaseError, read_release
from schemas import PolicyRelease
from schemas.__main__ import generated

_NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def _release(author: str = "Wang Fang", approver: str = "Li Na") -> PolicyRelease:
    return PolicyRelease.of(
        ("cn-pboc", "2026.2"),
        "id: cn-pboc\n# 规避报告规定\n",
        author=author,
        approver=approver,
        comment=None,
        effective_from=_NOW,
        released_at=_NOW,
    )


def _with(**fields: object) -> bytes:
    return json.dumps(json.loads(_release().to_json()) | fields).encode()


def test_a_release_comes_back_from_the_wire_as_it_was_sent() -> None:
    release = _release()
    assert read_release(release.message_key(), release.to_json()) == release
    assert release.message_key() == b"cn-pboc/2026.2"
    assert release.from_ms == 1_772_415_000_000


@pytest.mark.parametrize("approver", ["Wang Fang", "wang fang", "  WANG   FANG ", "\uff37ang Fang"])
def test_nobody_approves_their_own_policy_however_they_write_their_name(approver: str) -> None:
    with pytest.raises(ValidationError, match="two people"):
        _release(approver=approver)
    with pytest.raises(ReleaseError, match="two people"):
        read_release(b"cn-pboc/2026.2", _with(approver=approver))


@pytest.mark.parametrize("name", ["", "   ", "Li\x1b[2JNa", "x" * 141])
@pytest.mark.parametrize("role", ["author", "approver"])
def test_both_have_a_name_that_can_be_printed(role: str, name: str) -> None:
    with pytest.raises(ReleaseError, match=f"^{role}: "):
        read_release(b"cn-pboc/2026.2", _with(**{role: name}))


def test_names_are_kept_without_the_spaces_around_them() -> None:
    assert _release(author=" Wang Fang ").author == "Wang Fang"


def test_a_document_that_was_changed_on_its_way_is_refused() -> None:
    with pytest.raises(ReleaseError, match="sha256: not that of the document"):
        read_release(b"cn-pboc/2026.2", _with(document="id: cn-pboc\n"))


def test_a_record_under_another_key_is_refused() -> None:
    with pytest.raises(ReleaseError, match=r"the record's key is not cn-pboc/2026\.2"):
        read_release(b"cn-pboc/2026.1", _release().to_json())
    with pytest.raises(ReleaseError):
        read_release(None, _release().to_json())


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ReleaseError, match="effective_from: the time has no offset"):
        read_release(b"cn-pboc/2026.2", _with(effective_from="2026-03-02T09:30:00"))


def test_what_is_wrong_is_said_without_the_content() -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(b"x", _with(version="", document=5, author="SECRET" * 40))
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["version", "document", "author"]
    assert "SECRET" not in str(caught.value)


def test_unknown_fields_are_tolerated_and_the_schema_names_the_others() -> None:
    assert read_release(b"cn-pboc/2026.2", _with(ticket=7)) == _release()
    schema: dict[str, Any] = json.loads(generated()["policy-release.schema.json"])
    assert sorted(schema["properties"]) == sorted(json.loads(_release().to_json()))
    assert sorted(schema["required"]) == sorted(set(schema["properties"]) - {"comment"})
