"""Settings come from the environment; what is wrong with them is said in one line each."""

from pathlib import Path

import pytest

from agents.settings import Settings, SettingsError, load_settings, settings_table, variable


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def test_brokers_are_the_only_thing_that_has_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "a:9092, b:9092")
    settings = load_settings()
    assert settings.bootstrap_list == ["a:9092", "b:9092"]
    assert settings.session_timeout_seconds == 10
    assert settings.heartbeat_seconds == 2


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^KAFKA_BOOTSTRAP_SERVERS: is not set$"):
        load_settings()


def test_each_problem_has_a_line_with_its_variable_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "a:9092")
    monkeypatch.setenv("LEDGERWATCH_PARTITIONS", "hunter2")
    monkeypatch.setenv("LEDGERWATCH_BANK_TIMEZONE", "Mars/Olympus")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    lines = str(caught.value).splitlines()
    assert {line.split(":")[0] for line in lines} == {"LEDGERWATCH_PARTITIONS", "LEDGERWATCH_BANK_TIMEZONE"}
    assert "hunter2" not in str(caught.value)
    assert "Olympus" not in str(caught.value)


def test_a_dot_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KAFKA_BOOTSTRAP_SERVERS=c:9092\nLEDGERWATCH_LOG_LEVEL=debug\n")
    settings = load_settings()
    assert settings.kafka_bootstrap_servers == "c:9092"
    assert settings.log_level == "DEBUG"


def test_sasl_needs_a_login() -> None:
    with pytest.raises(SettingsError, match="KAFKA_USERNAME and KAFKA_PASSWORD"):
        load_settings(kafka_bootstrap_servers="a:9092", kafka_security_protocol="SASL_SSL")


def test_a_password_is_never_shown() -> None:
    settings = load_settings(
        kafka_bootstrap_servers="a:9092",
        kafka_security_protocol="SASL_SSL",
        kafka_username="worker",
        kafka_password="hunter2",
    )
    assert "hunter2" not in repr(settings)
    assert settings.is_sasl
    assert settings.is_tls


def test_a_heartbeat_leaves_room_for_two_lost_ones() -> None:
    with pytest.raises(SettingsError, match="LEDGERWATCH_HEARTBEAT_SECONDS"):
        load_settings(kafka_bootstrap_servers="a:9092", heartbeat_seconds=4, session_timeout_seconds=10)


def test_the_table_has_a_row_for_every_setting() -> None:
    table = settings_table()
    for name, field in Settings.model_fields.items():
        assert f"| `{variable(name)}` |" in table
        assert field.description
