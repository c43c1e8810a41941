"""Releasing a policy, and what was released: the topic of policies as compliance sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from kafka import KafkaProducer
from pydantic import ValidationError

from agents.logs import SafeError
from agents.policies import load, read_policy, standalone_text
from agents.releases import ReleaseError, read_release
from agents.settings import Settings
from agents.topic_records import records_of
from agents.topics import client_options
from monitor.policy import Policy, PolicyError
from monitor.policy_book import PolicyBook, released_policy
from monitor.policy_source import read_document
from schemas import PolicyRelease

LEAD: Final = timedelta(seconds=60)
"""How far ahead a release takes effect if nothing is said: every worker that is there has read it long before."""
_LATE: Final = timedelta(minutes=1)
"""What `effective_from` may lie in the past: for who writes down the present minute."""
_TOO_SOON: Final = timedelta(seconds=10)
"""From so long before it is in force, a release is not given another time: a worker might hear of that too late."""
_OPTIONS: Final = ("author", "approver", "comment", "effective_from")
_CLOSE_SECONDS: Final = 5.0


class PublishError(SafeError):
    """A policy is not published; the text names the option and says why, one line for each problem."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who wrote a policy, who approved it and why; as they were given."""

    author: str
    approver: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """A record of the topic: a release, or why it is none."""

    key: str
    release: PolicyRelease | None
    problem: str | None = None


def published(settings: Settings, timezone: str) -> list[Published]:
    """What the topic holds, the newest record of each key, in the order in which they take effect; refused ones last.

    Raises:
        BrokerUnreachableError: no broker answered.
        TopicRecordsError: the topic cannot be read.
    """
    newest: dict[bytes, bytes] = {}
    for record in records_of(settings, settings.policies_topic):
        key, value = bytes(record.key or b""), record.value
        if value is None:
            newest.pop(key, None)
        else:
            newest[key] = bytes(value)
    book = PolicyBook(read_policy(settings.policy, timezone))
    found = [_published(key, value, book, timezone) for key, value in newest.items()]
    return sorted(found, key=_place)


def in_force(releases: list[Published], now: datetime) -> PolicyRelease | None:
    """The release in force at that time; None where the packaged policy still is."""
    past = [one.release for one in releases if one.release is not None and one.release.effective_from <= now]
    return past[-1] if past else None


def publish(
    settings: Settings, name: str, approval: Approval, effective_from: datetime | None, timezone: str
) -> PolicyRelease:
    """Release the packaged policy of that name, or the one in the file of that path, and wait until the broker has it.

    Args:
        settings: which broker and topic.
        name: of the policy.
        approval: by whom.
        effective_from: None for `LEAD` from now.
        timezone: the bank's.

    Raises:
        PolicyError: it is not valid, or counts in another currency than the bank.
        PublishError: it may not be released like this.
        BrokerUnreachableError: no broker answered.
        TopicRecordsError: the topic cannot be read.
        KafkaError: it was not acknowledged.
    """
    policy = read_policy(name, timezone)
    text = standalone_text(name)
    load(read_document(text, name), timezone)
    now = datetime.now(UTC)
    release = _release(policy, text, approval, effective_from or now + LEAD, now)
    if release.effective_from < now - _LATE:
        told = f"{release.effective_from.isoformat(timespec='seconds')} is past"
        raise PublishError(
            f"--effective-from: {told}: what was judged since then was judged by another policy"
        )
    PolicyBook(read_policy(settings.policy, timezone)).put(release, policy)
    _check_version(release, published(settings, timezone), now)
    producer = KafkaProducer(acks="all", **client_options(settings))
    try:
        sending = producer.send(settings.policies_topic, key=release.message_key(), value=release.to_json())
        sending.get(timeout=settings.send_timeout_seconds)
    finally:
        producer.close(timeout=_CLOSE_SECONDS)
    return release


def _release(
    policy: Policy, text: str, approval: Approval, effective_from: datetime, now: datetime
) -> PolicyRelease:
    try:
        return PolicyRelease.of(
            (policy.id, policy.version),
            text,
            author=approval.author,
            approver=approval.approver,
            comment=approval.comment,
            effective_from=effective_from,
            released_at=now,
        )
    except ValidationError as error:
        raise PublishError("\n".join(_problems(error))) from error


def _problems(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False, include_input=False):
        # What concerns no single field is that the two are one.
        field = str(one["loc"][0]) if one["loc"] else "approver"
        option = f"--{field.replace('_', '-')}" if field in _OPTIONS else field
        yield f"{option}: {one['msg'].removeprefix('Value error, ')}"


def _check_version(release: PolicyRelease, releases: list[Published], now: datetime) -> None:
    """Raise if that version is out already. One that is not in force yet may be given another time."""
    key = release.message_key().decode()
    known = next((one.release for one in releases if one.key == key and one.release is not None), None)
    if known is None:
        return
    name = f"{release.policy_id} {release.version}"
    if known.sha256 != release.sha256:
        raise PublishError(f"{name} is published already, with other content: give it a new version")
    if known.effective_from <= now + _TOO_SOON:
        since = known.effective_from.isoformat(timespec="seconds")
        raise PublishError(f"{name} is published already, in force from {since}: give it a new version")


def _published(key: bytes, value: bytes, book: PolicyBook, timezone: str) -> Published:
    name = key.decode(errors="replace")
    try:
        release = read_release(key, value)
        book.put(release, released_policy(release, lambda written: load(written, timezone)))
    except (ReleaseError, PolicyError) as error:
        return Published(name, None, str(error).splitlines()[0])
    return Published(name, release)


def _place(one: Published) -> tuple[bool, tuple[object, ...]]:
    return one.release is None, (one.key,) if one.release is None else one.release.order
