"""Logs are JSON lines without customers' data."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from agents.logs import SafeError, set_up_logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    set_up_logs("INFO", "json", out)
    yield out
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def _line(stream: io.StringIO) -> dict[str, object]:
    line: dict[str, object] = json.loads(stream.getvalue())
    return line


def test_a_record_is_one_line_with_its_extras(stream: io.StringIO) -> None:
    logging.getLogger("agents.x").info("two\nlines", extra={"partition": 3})
    assert stream.getvalue().count("\n") == 1
    line = _line(stream)
    assert line["message"] == "two\nlines"
    assert line["partition"] == 3
    assert line["level"] == "info"
    assert str(line["at"]).endswith("+00:00")


def test_the_text_of_a_foreign_error_is_left_out(stream: io.StringIO) -> None:
    try:
        int("6222 0212 3456 7890 of Wang Wei")
    except ValueError:
        logging.getLogger("agents.x").exception("stopping")
    assert "Wang" not in stream.getvalue()
    line = _line(stream)
    assert line["error"] == "ValueError"
    assert line["frames"]


def test_the_text_of_our_own_error_is_kept(stream: io.StringIO) -> None:
    logging.getLogger("agents.x").error("stopping", exc_info=SafeError("transactions-3 was not acknowledged"))
    assert _line(stream)["error_text"] == "transactions-3 was not acknowledged"


@pytest.mark.parametrize("library", ["faust", "mode", "aiokafka"])
def test_libraries_log_the_same_way_and_say_less(stream: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("started a service")
    assert stream.getvalue() == ""
    logging.getLogger(library).warning("something is wrong")
    assert _line(stream)["logger"] == library


def test_what_a_library_repeats_is_said_once_in_a_while(stream: io.StringIO) -> None:
    for host in ("a", "b"):
        logging.getLogger("aiokafka").error("Unable to connect to %s", host)
        logging.getLogger("agents.x").error("ours")
    assert stream.getvalue().count("Unable to connect") == 1
    assert stream.getvalue().count("ours") == 2
