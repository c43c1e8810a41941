"""Everything a worker can be told: from the environment, or from `.env` in the working directory."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticUndefined
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX: Final = "LEDGERWATCH_"
_KAFKA: Final = "kafka_"

Positive = Annotated[int, Field(gt=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]


class SettingsError(ValueError):
    """The environment cannot be used; the text has one line per problem, each naming its variable."""


class TailBatch(StrEnum):
    """Whether each changelog flush ends in a batch of one record: see `changelog_tail_batch`."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Settings(BaseSettings):
    """What a worker can be told. Kafka's own variables start with `KAFKA_`, all others with `LEDGERWATCH_`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        extra="ignore",
        validate_default=True,
        hide_input_in_errors=True,
        frozen=True,
    )

    kafka_bootstrap_servers: str = Field(
        description="brokers to start from, `host:port`, separated by commas",
        min_length=1,
        validation_alias=AliasChoices("kafka_bootstrap_servers", "KAFKA_BOOTSTRAP_SERVERS"),
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT",
        description="how to talk to the brokers",
        validation_alias=AliasChoices("kafka_security_protocol", "KAFKA_SECURITY_PROTOCOL"),
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512",
        description="how to log in, with a SASL protocol",
        validation_alias=AliasChoices("kafka_sasl_mechanism", "KAFKA_SASL_MECHANISM"),
    )
    kafka_username: str | None = Field(
        None,
        description="who logs in, with a SASL protocol",
        validation_alias=AliasChoices("kafka_username", "KAFKA_USERNAME"),
    )
    kafka_password: SecretStr | None = Field(
        None, description="its password", validation_alias=AliasChoices("kafka_password", "KAFKA_PASSWORD")
    )
    kafka_ca_file: Path | None = Field(
        None,
        description="PEM file with the authorities that sign the brokers' certificates; empty: the system's",
        validation_alias=AliasChoices("kafka_ca_file", "KAFKA_CA_FILE"),
    )

    app_id: TopicName = Field(
        "ledgerwatch", description="consumer group: workers of one id share the partitions"
    )
    transactions_topic: TopicName = Field("transactions", description="topic of postings, keyed by customer")
    customers_topic: TopicName = Field("customers", description="topic of KYC records, keyed by customer")
    alerts_topic: TopicName = Field("alerts", description="topic that alerts are published to")
    threshold_reports_topic: TopicName = Field(
        "threshold-reports", description="topic that large-value reports are published to"
    )
    risk_grades_topic: TopicName = Field(
        "risk-grades", description="topic that changes of customers' risk grades are published to"
    )
    shadow_findings_topic: TopicName = Field(
        "shadow-findings", description="topic for what detectors on trial find: not for investigators"
    )
    policies_topic: TopicName = Field(
        "policies", description="topic of released policies, which every worker reads whole"
    )
    group_postings_topic: TopicName = Field(
        "group-postings", description="topic of what groups of customers hear of their members' postings"
    )
    group_state_topic: TopicName = Field("group-state", description="changelog of the groups' state")
    peers_topic: TopicName = Field(
        "peers", description="topic of what comparable customers do: every worker reads all of it"
    )
    dead_letters_topic: TopicName = Field("dead-letters", description="topic for what could not be judged")
    state_topic: TopicName = Field("customer-state", description="changelog of the customers' state")
    partitions: Positive = Field(
        8,
        description="partitions of transactions, customers, group postings and the changelogs: equal, and not to be changed later",
    )
    replication_factor: Positive = Field(1, description="copies of every topic; 3 in production")
    standby_replicas: Annotated[int, Field(ge=0)] = Field(
        0, description="workers that keep a spare copy of each partition's state, for a faster failover"
    )

    policy: str = Field(
        "cn-pboc",
        description="a packaged policy, or the path of a policy file: in force until the first released one is",
    )
    bank_timezone: str = Field(
        "Asia/Shanghai", description="IANA time zone that the bank's business dates are in"
    )
    max_record_bytes: Positive = Field(65_536, description="longer values become dead letters unread")

    poll_records: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1_000, description="most records judged in one go"
    )
    buffered_batches: Annotated[int, Field(ge=2)] = Field(
        16, description="record batches that wait for the judge"
    )
    fetch_bytes: Positive = Field(4_194_304, description="most bytes fetched at once from one partition")
    fetch_wait_ms: Positive = Field(
        100, description="how long a broker may hold an empty fetch: bounds the latency"
    )
    session_timeout_seconds: PositiveSeconds = Field(
        10.0, description="silence after which a worker counts as dead"
    )
    heartbeat_seconds: PositiveSeconds = Field(2.0, description="time between two signs of life")
    commit_seconds: PositiveSeconds = Field(1.0, description="time between two commits of offsets")
    send_timeout_seconds: PositiveSeconds = Field(
        30.0, description="a send not acknowledged by then stops the worker"
    )
    compression: Literal["none", "gzip", "lz4", "snappy", "zstd"] = Field(
        "none", description="codec of what is published; the changelog profits most"
    )
    changelog_tail_batch: TailBatch = Field(
        TailBatch.AUTO,
        description="end each changelog flush in a batch of one record, which the embedded broker needs: auto, on, off",
    )

    web_host: str = Field("127.0.0.1", description="address for /metrics, /healthz and /readyz")
    web_port: Annotated[int, Field(ge=0, le=65_535)] = Field(6066, description="its port; 0: any free one")
    data_dir: Path = Field(Path(".ledgerwatch"), description="directory for a worker's files")
    stall_seconds: PositiveSeconds = Field(
        120.0, description="work without progress for so long stops the worker"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe message logged"
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="json: one object a line; text: for people"
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("kafka_ca_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("bank_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("not an IANA time zone, such as Asia/Shanghai") from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.is_sasl and (self.kafka_username is None or self.kafka_password is None):
            raise ValueError("KAFKA_USERNAME and KAFKA_PASSWORD are needed with a SASL protocol")
        if self.heartbeat_seconds * 3 > self.session_timeout_seconds:
            raise ValueError(
                f"{_PREFIX}HEARTBEAT_SECONDS has to be at most a third of {_PREFIX}SESSION_TIMEOUT_SECONDS"
            )
        return self

    @property
    def is_sasl(self) -> bool:
        """Whether the brokers ask for a login."""
        return self.kafka_security_protocol.startswith("SASL")

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.kafka_security_protocol.endswith("SSL")

    @property
    def output_topics(self) -> dict[str, str]:
        """Where each kind of message is published, by the name that the core has for it."""
        return {
            "alerts": self.alerts_topic,
            "threshold-reports": self.threshold_reports_topic,
            "risk-grades": self.risk_grades_topic,
            "shadow-findings": self.shadow_findings_topic,
            "group-postings": self.group_postings_topic,
            "dead-letters": self.dead_letters_topic,
        }

    @property
    def bootstrap_list(self) -> list[str]:
        """The brokers to start from, `host:port` each."""
        return [server.strip() for server in self.kafka_bootstrap_servers.split(",") if server.strip()]


def load_settings(**overrides: object) -> Settings:
    """The settings that the environment and `.env` give, `overrides` first.

    Raises:
        SettingsError: one line per problem, each naming the environment variable and never its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # validated below this call, by name
    except ValidationError as error:
        raise SettingsError(
            "\n".join(_line(problem) for problem in error.errors(include_input=False))
        ) from None


def variable(field: str) -> str:
    """The environment variable that a field is read from."""
    return field.upper() if field.startswith(_KAFKA) else _PREFIX + field.upper()


def settings_table() -> str:
    """All settings as a Markdown table, for the README."""
    rows = ["| variable | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            shown = "required"
        elif default is None:
            shown = ""
        else:
            shown = f"`{default}`"
        rows.append(f"| `{variable(name)}` | {shown} | {field.description} |")
    return "\n".join(rows)


def _line(problem: ErrorDetails) -> str:
    location = problem["loc"]
    text = problem["msg"].removeprefix("Value error, ")
    if not location:
        return text
    return f"{variable(str(location[0]).lower())}: {'is not set' if problem['type'] == 'missing' else text}"
