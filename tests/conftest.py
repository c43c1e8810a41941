"""What every suite shares: markers by place, and the rule that in CI a suite that cannot run has failed."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

_INTEGRATION = Path(__file__).parent / "integration"
_KAFKA_SECONDS = 300


def pytest_configure() -> None:
    """A run that is asked to end ends like one that is interrupted: fixtures still end what they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test is an integration test by where it stands, and a Kafka test by what it asks for."""
    for item in items:
        if item.path.is_relative_to(_INTEGRATION):
            item.add_marker(pytest.mark.integration)
        if isinstance(item, pytest.Function) and "apache_kafka" in item.fixturenames:
            item.add_marker(pytest.mark.kafka)
            # The first of them fetches the broker.
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(_KAFKA_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, an integration test that skips itself fails: nobody would miss it otherwise."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and _must_run(item.path):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if report.skipped and _must_run(collector.path):
        _fail(report)
    return report


def _must_run(path: Path) -> bool:
    return bool(os.environ.get("CI")) and path.is_relative_to(_INTEGRATION)


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"In CI every suite must run. {reason}"
