"""What a service on Faust usually looks like: one event at a time, a table, topics; and the same core.

Faust's defaults, but for uvloop, the place to start reading from, and topics that exist already.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import faust
import uvloop
from faust.types import TopicT

from agents.policies import read_policy
from agents.replay import FileRecord
from agents.settings import Settings, load_settings
from monitor.engine import Engine
from tests.bench.progress import Notes

_COUNT = 50


def _app(settings: Settings, notes: Notes) -> faust.App:
    app = faust.App(
        settings.app_id,
        broker=f"kafka://{settings.kafka_bootstrap_servers}",
        store="memory://",
        consumer_auto_offset_reset="earliest",
        topic_partitions=settings.partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        datadir=str(settings.data_dir),
    )

    def topic(name: str) -> TopicT:
        return app.topic(name, key_serializer="raw", value_serializer="raw")

    transactions = topic(settings.transactions_topic)
    alerts = topic(settings.alerts_topic)
    dead_letters = topic(settings.dead_letters_topic)
    customers = app.Table("customers", key_type=bytes, value_type=bytes, partitions=settings.partitions)
    _note_recovery(customers, notes)
    engine = Engine(read_policy(settings.policy, settings.bank_timezone))

    @app.agent(transactions)
    async def monitor(stream: Any) -> None:
        count = 0
        async for event in stream.events():
            message = event.message
            record = FileRecord(
                message.topic,
                message.partition,
                message.offset,
                int(message.timestamp * 1000),
                message.key,
                message.value,
            )
            outcome = engine.process([record], customers)
            for alert in outcome.alerts:
                _ = await alerts.send(key=alert.customer_id.encode(), value=alert.to_json())
            for letter in outcome.dead_letters:
                _ = await dead_letters.send(key=letter.message_key(), value=letter.to_json())
            for key, state in outcome.states.items():
                customers[key] = state
            count += 1
            if count % _COUNT == 0:
                notes.add("judged", _COUNT)

    return app


def _note_recovery(table: Any, notes: Notes) -> None:
    apply = table.apply_changelog_batch

    def noting(batch: Iterable[Any], *rest: Any, **named: Any) -> None:
        events = list(batch)
        apply(events, *rest, **named)
        notes.add("recovered", len(events), at_once=True)

    table.apply_changelog_batch = noting


async def _main() -> None:
    app = _app(load_settings(), Notes())
    await app.start()
    await app.wait_until_stopped()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())
