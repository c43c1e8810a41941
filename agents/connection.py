"""How a worker's clients connect to the brokers and log in: Faust's, and those beside it."""

import ssl
from collections.abc import Mapping
from typing import Any

import faust
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from faust.types.auth import CredentialsT

from agents.settings import Settings


def faust_credentials(settings: Settings) -> CredentialsT | None:
    """The login, or only the encryption, for Faust; None for neither."""
    context = None
    if settings.is_tls:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file)
    if settings.is_sasl and settings.kafka_password is not None:
        return faust.SASLCredentials(
            username=settings.kafka_username,
            password=settings.kafka_password.get_secret_value(),
            ssl_context=context,
            mechanism=settings.kafka_sasl_mechanism,
        )
    return None if context is None else faust.SSLCredentials(context=context)


def aiokafka_connection(settings: Settings) -> Mapping[str, Any]:
    """The same for an aiokafka client, by the function that Faust makes its own with."""
    return {
        "bootstrap_servers": settings.bootstrap_list,
        **credentials_to_aiokafka_auth(faust_credentials(settings)),
    }
