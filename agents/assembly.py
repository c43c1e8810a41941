"""The composition root: settings in, one Faust app out. Nothing happens at import."""

from collections.abc import Mapping
from typing import Any, Final, cast

from faust.streams import Stream
from faust.types import StreamT
from yarl import URL

from agents.app import SendErrorSensor, WorkerApp
from agents.batches import RecordBatch
from agents.broadcast import Broadcast, Broadcasts
from agents.connection import aiokafka_connection, faust_credentials
from agents.flow import BatchSchema
from agents.lanes import Lanes
from agents.metrics import Metrics
from agents.peers import PeerParts
from agents.policies import load, read_policy
from agents.publishing import Publisher
from agents.recovery import StateTable
from agents.releases import Releases
from agents.settings import Settings, TailBatch
from agents.states import StateStore
from agents.steps import Steps
from monitor.engine import Engine
from monitor.group_engine import GroupEngine
from monitor.peers import PeerBook
from monitor.policy import Policy
from monitor.policy_book import PolicyBook
from monitor.switching import SwitchingEngine
from schemas import PeerPart

# Below Kafka's default limit of 1 MiB for a batch, with room for its header.
_BATCH_BYTES: Final = 900_000
_REQUEST_BYTES: Final = 8_388_608
_LANES: Final = 4
"""Batches under way in a stream. With one, judging would wait for the broker after each."""


def build_app(
    settings: Settings, metrics: Metrics | None = None, *, is_embedded_broker: bool = False
) -> WorkerApp:
    """One app: three topics in, two agents, each with a table: of customers, and of groups of connected customers.

    Raises:
        PolicyError: there is no such policy, or it is not valid.
    """
    counted = metrics or Metrics()
    states, groups = StateStore(), StateStore()
    tail = settings.changelog_tail_batch
    ends_in_tail_batch = tail is TailBatch.ON or (tail is TailBatch.AUTO and is_embedded_broker)
    options = _faust_options(settings)
    # Where a flush was broken off before its tail batch, that broker's idea of the end lies before what was read.
    policy = read_policy(settings.policy, settings.bank_timezone)
    book, peers = PolicyBook(policy), PeerBook()
    app = WorkerApp(
        settings, states, groups, book, **options, recovery_consistency_check=not ends_in_tail_batch
    )

    def engine(policy: Policy) -> Engine:
        return Engine(
            policy,
            peers=peers,
            transactions_topic=settings.transactions_topic,
            customers_topic=settings.customers_topic,
            max_value_bytes=settings.max_record_bytes,
        )

    def group_engine(policy: Policy) -> GroupEngine:
        return GroupEngine(policy, max_value_bytes=settings.max_record_bytes)

    def publisher(state_topic: str) -> Publisher:
        return Publisher(
            app.kafka_producer_client,
            topics=settings.output_topics,
            state_topic=state_topic,
            ends_in_tail_batch=ends_in_tail_batch,
        )

    of_customers = publisher(settings.state_topic)

    async def publish_part(part: PeerPart) -> None:
        await of_customers.publish_one(settings.peers_topic, part.message_key(), part.to_json())

    parts = app.peer_parts = PeerParts(peers, states, publish_part, policy.currency, counted)
    releases = Releases(book, lambda written: load(written, settings.bank_timezone), counted)
    connection = aiokafka_connection(settings)
    app.broadcasts = Broadcasts(
        [
            Broadcast(settings.policies_topic, releases.take, connection),
            Broadcast(settings.peers_topic, parts.take, connection),
        ]
    )
    app.sensors.add(SendErrorSensor(app))
    _add_stream(
        app,
        Steps(SwitchingEngine(book, engine), states, of_customers, counted, finished=parts.judged),
        StateTable(app, states, name="customers", topic=settings.state_topic, partitions=settings.partitions),
        sources=(settings.transactions_topic, settings.customers_topic),
        name="monitor",
    )
    _add_stream(
        app,
        Steps(
            SwitchingEngine(book, group_engine),
            groups,
            publisher(settings.group_state_topic),
            counted,
            "groups",
        ),
        StateTable(
            app, groups, name="groups", topic=settings.group_state_topic, partitions=settings.partitions
        ),
        sources=(settings.group_postings_topic,),
        name="monitor-groups",
    )
    return app


def _add_stream(
    app: WorkerApp, steps: Steps, table: StateTable, *, sources: tuple[str, ...], name: str
) -> None:
    """An agent on the sources, which does its batches by the steps; and the table that its state recovers through."""
    app.tables.add(table)
    topic = app.topic(*sources, schema=BatchSchema(), partitions=app.settings.partitions)

    async def monitor(batches: StreamT[RecordBatch]) -> None:
        lanes = Lanes(lambda batch: app.do(batch, steps), most=_LANES)
        try:
            # Nothing is acknowledged through Faust: see `BatchConsumer.finish`.
            async for batch in cast(Stream[RecordBatch], batches).noack():
                await lanes.begin(batch)
        finally:
            lanes.clear()

    # One actor: with more, batches of one partition could finish out of order. Its lanes keep them apart.
    app.agent(topic, name=name, concurrency=1)(monitor)


def _faust_options(settings: Settings) -> Mapping[str, Any]:
    return {
        "broker": [URL(f"kafka://{server}") for server in settings.bootstrap_list],
        "broker_credentials": faust_credentials(settings),
        "broker_session_timeout": settings.session_timeout_seconds,
        "broker_heartbeat_interval": settings.heartbeat_seconds,
        "broker_commit_interval": settings.commit_seconds,
        "broker_max_poll_records": settings.poll_records,
        "consumer_max_fetch_size": settings.fetch_bytes,
        "consumer_auto_offset_reset": "earliest",
        # It counts batches here, not records.
        "stream_buffer_maxsize": settings.buffered_batches,
        # It waits for events that agents acknowledge: ours are finished instead, and `settle` waits for them.
        "stream_wait_empty": False,
        # Every acknowledgement is awaited by us; these say when to give up.
        "producer_acks": -1,
        "producer_request_timeout": settings.send_timeout_seconds,
        "producer_max_batch_size": _BATCH_BYTES,
        "producer_max_request_size": _REQUEST_BYTES,
        "producer_compression_type": None if settings.compression == "none" else settings.compression,
        "store": "memory://",
        "table_standby_replicas": settings.standby_replicas,
        "topic_partitions": settings.partitions,
        "topic_replication_factor": settings.replication_factor,
        # Topics are declared by `ledgerwatch topics create` alone, where a wrong one is noticed.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "datadir": str(settings.data_dir),
        # Ours answers while Faust is still waiting for a broker, and says less about the tables.
        "web_enabled": False,
        "canonical_url": f"http://{settings.web_host}:{settings.web_port}",
        "autodiscover": False,
    }
