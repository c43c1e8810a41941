"""From nothing to a summary and back to nothing: broker, topics, worker, show; and every end that there can be."""

import contextlib
import io
import logging
import os
import secrets
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from aiokafka.errors import KafkaError as ClientError
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from agents.demo.interrupts import Interrupts
from agents.demo.options import BankError, DemoOptions
from agents.demo.screen import Screen, make_screen
from agents.demo.show import Show
from agents.demo.summary import Report, summary
from agents.demo.worker_process import WorkerProcess
from agents.embedded_broker import EmbeddedBroker
from agents.logs import SafeError
from agents.settings import Settings, SettingsError, load_settings
from agents.topics import (
    BrokerUnreachableError,
    TopicsError,
    admin_client,
    client_options,
    create_topics,
    topic_specs,
)

_FAILED: Final = 1
_CANNOT_BE: Final = 2
_BROKERS: Final = "KAFKA_BOOTSTRAP_SERVERS"
_CLIENTS: Final = ("aiokafka", "kafka", "asyncio")


def run_demo(options: DemoOptions) -> int:
    """Run the demo and print its summary.

    Whatever happens, the worker and the broker are ended by then, and the temporary folder is gone.

    Returns:
        The exit code: 0; 1 if it failed, 2 if there can be no such bank or the settings are wrong, 130 after Ctrl-C.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for name in _CLIENTS:
        # What matters of theirs comes as an exception; the rest would be written into the live view.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    interrupts = Interrupts()
    try:
        with interrupts:
            report = _run(options, interrupts)
    except KeyboardInterrupt:
        print("demo: interrupted; the worker and the broker are ended, nothing is left behind")
        return interrupts.exit_code
    except (BankError, SettingsError) as error:
        return _fail(error, _CANNOT_BE)
    except (SafeError, TopicsError, BrokerUnreachableError, KafkaError, ClientError) as error:
        return _fail(error, _FAILED)
    print()
    print(summary(report))
    return 0


def _run(options: DemoOptions, interrupts: Interrupts) -> Report:
    bank = options.bank(datetime.now(UTC).date())
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ledgerwatch-demo-")))
        screen = stack.enter_context(make_screen(options.plain, ZoneInfo(bank.plan.timezone)))
        with interrupts.held():
            settings = _broker(stack, screen, folder, bank.plan.timezone)
        screen.stage("A worker starts")
        with interrupts.held():
            worker = stack.enter_context(WorkerProcess(settings, folder))
        stack.callback(interrupts.hold)
        port = worker.wait_for_port()
        return interrupts.run(Show(options, settings, bank, worker, screen).run(port))


def _broker(stack: contextlib.ExitStack, screen: Screen, folder: Path, timezone: str) -> Settings:
    """A broker with empty topics that no one else uses; what has to be undone goes onto the stack."""
    servers = os.environ.get(_BROKERS)
    if servers:
        screen.stage(f"Topics of its own in the Kafka at {_BROKERS}")
        settings = _settings(folder, timezone, kafka_bootstrap_servers=servers)
        stack.callback(_clean_up, settings)
    else:
        screen.stage("An embedded broker starts, in memory")
        broker = stack.enter_context(EmbeddedBroker())
        # Whatever else the environment says of Kafka is said of another one.
        settings = _settings(
            folder,
            timezone,
            kafka_bootstrap_servers=broker.bootstrap_servers,
            kafka_security_protocol="PLAINTEXT",
            replication_factor=1,
        )
    with admin_client(settings) as admin:
        create_topics(settings, admin)
    return settings


def _settings(folder: Path, timezone: str, **of_kafka: object) -> Settings:
    name = f"ledgerwatch-demo-{secrets.token_hex(4)}"
    return load_settings(
        app_id=name,
        **_topics_of(name),
        standby_replicas=0,
        bank_timezone=timezone,
        web_host="127.0.0.1",
        web_port=0,
        data_dir=folder,
        log_level="INFO",
        log_format="text",
        **of_kafka,
    )


def _topics_of(name: str) -> dict[str, object]:
    """Every topic under a name of its own: they are deleted in the end, and must be no one else's."""
    fields = Settings.model_fields.items()
    return {topic: f"{name}-{field.default}" for topic, field in fields if topic.endswith("_topic")}


def _clean_up(settings: Settings) -> None:
    """Delete the demo's topics and consumer group from a Kafka that goes on without it."""
    with contextlib.suppress(KafkaError):
        admin = KafkaAdminClient(**client_options(settings))
        try:
            admin.delete_topics([spec.name for spec in topic_specs(settings)])
            admin.delete_groups([settings.app_id])
        finally:
            admin.close()


def _fail(error: Exception, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"demo: {str(error) or type(error).__name__}\n")
    return code
