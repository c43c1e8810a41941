"""Takes what is on the topic of policies into the book; what is no policy is refused, loudly, and changes nothing."""

import logging
from collections.abc import Callable

from pydantic import ValidationError

from agents.metrics import Metrics
from monitor.policy import Policy, PolicyError
from monitor.policy_book import PolicyBook, released_policy
from monitor.policy_source import Written
from schemas import PolicyRelease

log = logging.getLogger(__name__)


class ReleaseError(ValueError):
    """A record is no release; the text says why, one line for each problem."""


def read_release(key: bytes | None, value: bytes) -> PolicyRelease:
    """The release in a record.

    Raises:
        ReleaseError: it is none.
    """
    try:
        release = PolicyRelease.model_validate_json(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise ReleaseError(
            "\n".join(f"{'.'.join(map(str, one['loc'])) or 'value'}: {one['msg']}" for one in problems)
        ) from error
    if key != release.message_key():
        raise ReleaseError(f"the record's key is not {release.message_key().decode()}")
    return release


class Releases:
    """What the reader of the topic tells."""

    def __init__(self, book: PolicyBook, load: Callable[[Written], Policy], metrics: Metrics) -> None:
        self._book = book
        self._load = load
        self._metrics = metrics

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Take in one record: a release, or with no value the withdrawal of one."""
        name = (key or b"").decode(errors="replace")
        if value is None:
            self._book.withdraw(key or b"")
            log.warning("a policy release was withdrawn", extra={"release": name})
            return
        try:
            release = read_release(key, value)
            self._book.put(release, released_policy(release, self._load))
        except (ReleaseError, PolicyError) as error:
            self._metrics.release_refused()
            for line in str(error).splitlines():
                log.error("a policy release is refused: %s", line, extra={"release": name})  # noqa: TRY400
            return
        in_force = release.effective_from.isoformat()
        log.info("a policy release was read", extra={"release": name, "effective_from": in_force})
