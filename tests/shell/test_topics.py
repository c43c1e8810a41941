"""Topics are declared as the worker needs them, and a wrong one is said before anything is read."""

from collections.abc import Mapping

import pytest
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError

from agents.settings import Settings, load_settings
from agents.topics import (
    BrokerUnreachableError,
    TopicsError,
    admin_client,
    check_topics,
    create_topics,
    describe_cluster,
)

CO_PARTITIONED = ("transactions", "customers", "customer-state", "group-postings", "group-state")
OTHERS = (
    "alerts",
    "peers",
    "policies",
    "threshold-reports",
    "risk-grades",
    "shadow-findings",
    "dead-letters",
)


class Broker:
    """Remembers what was created."""

    def __init__(self, existing: Mapping[str, int] | None = None, cluster_id: str = "x") -> None:
        self.partitions = dict(existing or {})
        self.configs: dict[str, Mapping[str, str]] = {}
        self._cluster_id = cluster_id

    def describe_topics(self, topics: list[str]) -> list[dict[str, object]]:
        return [
            {
                "name": name,
                "error_code": 0 if name in self.partitions else 3,
                "partitions": [{}] * self.partitions.get(name, 0),
            }
            for name in topics
        ]

    def describe_cluster(self) -> dict[str, object]:
        return {"cluster_id": self._cluster_id}

    def create_topics(self, new_topics: list[NewTopic]) -> object:
        for topic in new_topics:
            if topic.name in self.partitions:
                raise TopicAlreadyExistsError
            self.partitions[topic.name] = topic.num_partitions
            self.configs[topic.name] = topic.topic_configs
        return None


@pytest.fixture
def settings() -> Settings:
    return load_settings(kafka_bootstrap_servers="127.0.0.1:1", partitions=6)


def test_created_topics_pass_the_check(settings: Settings) -> None:
    broker = Broker()
    assert set(create_topics(settings, broker)) == {*CO_PARTITIONED, *OTHERS}
    check_topics(settings, broker)
    assert create_topics(settings, broker) == []


def test_state_customers_and_policies_are_compacted_and_dead_letters_hold_the_longest_original(
    settings: Settings,
) -> None:
    broker = Broker()
    create_topics(settings, broker)
    for name in ("customers", "customer-state", "policies"):
        assert broker.configs[name]["cleanup.policy"] == "compact"
    assert broker.partitions["policies"] == 1
    assert int(broker.configs["dead-letters"]["max.message.bytes"]) > 1_048_576
    assert "cleanup.policy" not in broker.configs["transactions"]


def test_a_missing_topic_is_named(settings: Settings) -> None:
    with pytest.raises(TopicsError, match=r"topic alerts is missing: `ledgerwatch topics create`"):
        check_topics(settings, Broker(dict.fromkeys((*CO_PARTITIONED, *OTHERS[1:]), 6)))


@pytest.mark.parametrize("wrong", CO_PARTITIONED)
def test_a_topic_partitioned_unlike_the_others_is_refused(settings: Settings, wrong: str) -> None:
    broker = Broker(dict.fromkeys((*CO_PARTITIONED, *OTHERS), 6) | {wrong: 5})
    with pytest.raises(TopicsError, match=f"topic {wrong} has 5 partitions, not 6"):
        check_topics(settings, broker)


def test_other_topics_may_have_any_number_of_partitions(settings: Settings) -> None:
    check_topics(settings, Broker(dict.fromkeys(CO_PARTITIONED, 6) | dict.fromkeys(OTHERS, 1)))


@pytest.mark.parametrize(
    ("cluster_id", "is_embedded"), [("tansu_cluster", True), ("MkU3OEVBNTcwNTJENDM2Qk", False)]
)
def test_the_embedded_broker_is_recognized(cluster_id: str, is_embedded: bool) -> None:
    assert describe_cluster(Broker(cluster_id=cluster_id)).is_embedded is is_embedded


def test_a_broker_that_does_not_answer_is_one_clear_error(settings: Settings) -> None:
    with (
        pytest.raises(BrokerUnreachableError, match=r"no broker answered at 127\.0\.0\.1:1"),
        admin_client(settings, timeout_seconds=0.2),
    ):
        pytest.fail("there is none")
