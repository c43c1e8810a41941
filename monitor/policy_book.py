"""Which policy is in force when: every release, and the policy that holds before the first of them.

A record is judged by the policy in force at the record's own timestamp, so that all workers, and every replay of the log,
decide alike, whenever they heard of a release.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

from monitor.policy import Policy, PolicyError
from monitor.policy_source import Written, read_document
from schemas import PolicyRelease


class Stamped(Protocol):
    """A record with a timestamp of its own, in milliseconds; -1 for none."""

    @property
    def timestamp(self) -> int: ...  # noqa: D102


R = TypeVar("R", bound=Stamped)


def released_policy(release: PolicyRelease, load: Callable[[Written], Policy]) -> Policy:
    """The policy that a release holds.

    Raises:
        PolicyError: its document is not valid, or is another policy than the release says.
    """
    name = f"{release.policy_id} {release.version}"
    policy = load(read_document(release.document, name))
    if (policy.id, policy.version) != (release.policy_id, release.version):
        raise PolicyError(f"policy {name}: its document is of {policy.id} {policy.version}")
    return policy


class PolicyBook:
    """Releases by the time from which they are in force. Whatever order they come in, the answers are the same."""

    def __init__(self, first: Policy) -> None:
        self._first = first
        self._releases: dict[bytes, tuple[PolicyRelease, Policy]] = {}
        self._starts_ms: list[int] = []
        self._policies = [first]

    def put(self, release: PolicyRelease, policy: Policy) -> None:
        """Take in a release; one of the same policy and version is replaced.

        Raises:
            PolicyError: it counts in another currency than what is kept of customers.
        """
        if policy.currency != self._first.currency:
            raise PolicyError(
                f"policy {policy.id} {policy.version}: base_currency: has to stay {self._first.currency}: "
                "what is kept of customers is in it"
            )
        self._releases[release.message_key()] = release, policy
        self._arrange()

    def withdraw(self, key: bytes) -> None:
        """Forget the release of that key, if there is one."""
        if self._releases.pop(key, None) is not None:
            self._arrange()

    def at(self, timestamp_ms: int) -> Policy:
        """The policy in force at that time; for -1, where there is none, the policy before the first release."""
        return self._policies[bisect_right(self._starts_ms, timestamp_ms)]

    def runs(self, records: Sequence[R]) -> list[tuple[Policy, Sequence[R]]]:
        """The records in their order, cut where the policy changes from one to the next."""
        if not self._starts_ms or not records:
            return [(self._first, records)]
        stamp = attrgetter("timestamp")
        earliest, latest = self.at(min(map(stamp, records))), self.at(max(map(stamp, records)))
        if earliest is latest:
            return [(earliest, records)]
        return [
            (policy, list(run)) for policy, run in groupby(records, lambda record: self.at(record.timestamp))
        ]

    def _arrange(self) -> None:
        ordered = sorted(self._releases.values(), key=lambda held: held[0].order)
        self._starts_ms = [release.from_ms for release, _ in ordered]
        self._policies = [self._first, *(policy for _, policy in ordered)]
