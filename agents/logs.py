"""Logs on standard error, one JSON object a line: coordinates and ids of postings and alerts, never customers' data."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Literal, TextIO

from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as AdminError

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_LIBRARIES: Final = ("faust", "mode", "aiokafka", "kafka", "aiohttp", "asyncio")
# Tables of partitions and the like, many lines each, at every rebalance.
_TALKATIVE: Final = ("faust.tables.recovery", "faust.transport", "aiokafka", "kafka", "aiohttp.access")
_FRAMES: Final = 12
_REPEAT_SECONDS: Final = 30.0

_Errors = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None


class SafeError(Exception):
    """An error of ours whose text holds no customer's data, and so may be logged whole."""


# The texts of other errors may quote what could not be read, which is a customer's posting.
_SPEAKABLE: Final = (SafeError, KafkaError, AdminError, OSError)


class JsonFormatter(logging.Formatter):
    """One line of JSON: at, level, logger, message, what was given as `extra`, and an error's type and frames."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(_extras(record))
        line.update(_error(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, and an error's frames below it."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        details = {**_extras(record), **_error(record.exc_info)}
        frames = details.pop("frames", ())
        words = " ".join(f"{name}={value}" for name, value in details.items())
        below = "".join(f"\n    {frame}" for frame in frames) if isinstance(frames, list) else ""
        return f"{at} {record.levelname.lower():7} {record.getMessage()} {words}".rstrip() + below


class Sparing(logging.Filter):
    """Lets what a library says over and over pass once in a while: aiokafka tells of a lost broker 40 times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is of ours, or was not said lately."""
        if not record.name.startswith(_LIBRARIES):
            return True
        said = (record.name, str(record.msg))
        if record.created - self._passed_at.get(said, -_REPEAT_SECONDS) < _REPEAT_SECONDS:
            return False
        self._passed_at[said] = record.created
        return True


def set_up_logs(level: str, form: Literal["json", "text"], stream: TextIO | None = None) -> None:
    """Send every log, the libraries' included, to `stream` (standard error) in one form."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(Sparing())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        # What they do step by step is for who asks for DEBUG; below INFO, Faust would print the messages it handles.
        library.setLevel(logging.INFO if root.level < logging.INFO else max(logging.WARNING, root.level))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _error(info: _Errors) -> dict[str, object]:
    if not info or info[1] is None:
        return {}
    error = info[1]
    described: dict[str, object] = {"error": type(error).__name__}
    if isinstance(error, _SPEAKABLE):
        described["error_text"] = str(error)
    frames = traceback.extract_tb(info[2])[-_FRAMES:]
    described["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return described
