"""The topics a worker needs: declared once, verified at every start."""

import logging
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from agents.settings import Settings

DEAD_LETTER_BYTES: Final = 2_097_152
"""Limit of a message in `dead-letters`: the longest original in base64, and its particulars."""
_KNOWN_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.1
_COMPACTED: Final = {"cleanup.policy": "compact"}
_EMBEDDED_CLUSTER: Final = "tansu"

log = logging.getLogger(__name__)


class TopicsError(Exception):
    """Topics are missing or unfit; the text has one line per problem, and says what to do."""


class BrokerUnreachableError(Exception):
    """No broker answered."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it should be. `partitions` is exact where `is_copartitioned`, else only used to create it."""

    name: str
    partitions: int
    replication_factor: int
    is_copartitioned: bool = False
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a worker needs to know of the brokers."""

    is_embedded: bool


class Admin(Protocol):
    """The part of kafka-python's `KafkaAdminClient` that is used here."""

    def describe_topics(self, topics: list[str]) -> list[dict[str, object]]:
        """Name, error code and partitions of each."""

    def describe_cluster(self) -> dict[str, object]:
        """Its id, and its brokers."""

    def create_topics(self, new_topics: list[NewTopic]) -> object:
        """Create them, or raise."""


def topic_specs(settings: Settings) -> tuple[TopicSpec, ...]:
    """Every topic, in the order of the data's way."""
    count, copies = settings.partitions, settings.replication_factor
    return (
        TopicSpec(settings.transactions_topic, count, copies, is_copartitioned=True),
        TopicSpec(settings.customers_topic, count, copies, is_copartitioned=True, configs=_COMPACTED),
        # A few records: one partition keeps them in the order in which they were released.
        TopicSpec(settings.policies_topic, 1, copies, configs=_COMPACTED),
        TopicSpec(settings.state_topic, count, copies, is_copartitioned=True, configs=_COMPACTED),
        TopicSpec(settings.group_postings_topic, count, copies, is_copartitioned=True),
        TopicSpec(settings.group_state_topic, count, copies, is_copartitioned=True, configs=_COMPACTED),
        TopicSpec(settings.alerts_topic, count, copies),
        TopicSpec(settings.threshold_reports_topic, count, copies),
        TopicSpec(settings.risk_grades_topic, count, copies, configs=_COMPACTED),
        TopicSpec(settings.shadow_findings_topic, count, copies),
        TopicSpec(settings.peers_topic, 1, copies, configs=_COMPACTED),
        TopicSpec(
            settings.dead_letters_topic, count, copies, configs={"max.message.bytes": str(DEAD_LETTER_BYTES)}
        ),
    )


def create_topics(settings: Settings, admin: Admin) -> list[str]:
    """Create the topics that are missing, and verify all.

    Returns:
        The names of those created.

    Raises:
        TopicsError: one that existed already is unfit.
    """
    created = []
    for spec in topic_specs(settings):
        topic = NewTopic(
            spec.name, spec.partitions, spec.replication_factor, topic_configs=dict(spec.configs)
        )
        try:
            admin.create_topics([topic])
        except TopicAlreadyExistsError:
            continue
        created.append(spec.name)
    _wait_until_known(admin, created)
    check_topics(settings, admin)
    return created


def check_topics(settings: Settings, admin: Admin) -> None:
    """Verify that the topics exist, and that what one worker joins is partitioned alike.

    Raises:
        TopicsError: one is missing or has another number of partitions.
    """
    specs = topic_specs(settings)
    joined = [spec.name for spec in specs if spec.is_copartitioned]
    counts = _partition_counts(admin, [spec.name for spec in specs])
    problems = []
    for spec in specs:
        found = counts.get(spec.name, 0)
        if found == 0:
            problems.append(f"topic {spec.name} is missing: `ledgerwatch topics create` makes it")
        elif spec.is_copartitioned and found != spec.partitions:
            problems.append(
                f"topic {spec.name} has {found} partitions, not {spec.partitions}: {', '.join(joined[:-1])} "
                f"and {joined[-1]} need as many as LEDGERWATCH_PARTITIONS says"
            )
    if problems:
        raise TopicsError("\n".join(problems))


def describe_cluster(admin: Admin) -> Cluster:
    """What kind of brokers these are."""
    name = admin.describe_cluster().get("cluster_id")
    return Cluster(is_embedded=isinstance(name, str) and name.startswith(_EMBEDDED_CLUSTER))


@contextmanager
def admin_client(settings: Settings, *, timeout_seconds: float = 10.0) -> Iterator[Admin]:
    """A connection for administration.

    Raises:
        BrokerUnreachableError: no broker answered within `timeout_seconds`, or the login failed.
    """
    if not any(_listens(server, timeout_seconds) for server in settings.bootstrap_list):
        raise BrokerUnreachableError(f"no broker answered at {settings.kafka_bootstrap_servers}")
    millis = int(timeout_seconds * 1000)
    # Its own account of failing to connect would repeat ours, many times a second.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        client = KafkaAdminClient(
            bootstrap_timeout_ms=millis,
            request_timeout_ms=millis,
            client_id=f"{settings.app_id}-admin",
            **client_options(settings),
        )
    except (KafkaError, OSError, ValueError) as error:
        msg = f"no broker answered at {settings.kafka_bootstrap_servers} ({type(error).__name__})"
        raise BrokerUnreachableError(msg) from error
    try:
        yield client
    finally:
        client.close()


def _listens(server: str, timeout_seconds: float) -> bool:
    # kafka-python's client would try for all its time, and leave its sockets open.
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout_seconds).close()
    except (OSError, ValueError):
        return False
    return True


def _wait_until_known(admin: Admin, names: list[str]) -> None:
    """Brokers hear of a new topic from their controller, a moment after whoever made it."""
    deadline = time.monotonic() + _KNOWN_SECONDS
    while names and len(_partition_counts(admin, names)) < len(names) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _partition_counts(admin: Admin, names: list[str]) -> dict[str, int]:
    counts = {}
    for described in admin.describe_topics(names):
        partitions = described["partitions"]
        if not described["error_code"] and isinstance(partitions, list):
            counts[str(described["name"])] = len(partitions)
    return counts


def client_options(settings: Settings) -> dict[str, object]:
    """How any kafka-python client connects and logs in."""
    options: dict[str, object] = {
        "bootstrap_servers": settings.bootstrap_list,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.is_tls and settings.kafka_ca_file is not None:
        options["ssl_cafile"] = str(settings.kafka_ca_file)
    if settings.is_sasl and settings.kafka_password is not None:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_username
        options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return options
