"""What is seen while the demo runs: a live view in a terminal, plain lines anywhere else."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from types import TracebackType
from typing import Final, Protocol, Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from agents.demo.board import AlertBoard
from schemas import Alert

_BAND_STYLES: Final = {"low": "dim", "medium": "yellow", "high": "bold red", "critical": "bold white on red"}
_PLAIN_SECONDS: Final = 3.0
_PLAIN_ALERTS: Final = 5
"""Most alerts printed between two lines of progress."""
_REDRAW_SECONDS: Final = 0.25
_BAR_WIDTH: Final = 40


@dataclass(slots=True)
class View:
    """What there is to see now."""

    stage: str = ""
    share: float = 0.0
    """Of the bank's days, 0 to 1."""
    bank_date: date | None = None
    sent: int = 0
    processed: int = 0
    per_second: float = 0.0
    dead_letters: int = 0


class Screen(Protocol):
    """Where the demo shows itself."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def stage(self, text: str) -> None:
        """A new part of the demo begins."""

    def urgent(self, alert: Alert) -> None:
        """An alert became high or critical."""

    def update(self, view: View, board: AlertBoard) -> None:
        """Some time has passed."""


def is_plain(wanted: bool | None, stream: TextIO) -> bool:
    """Whether to print lines: if asked to, in CI, and where no terminal can be drawn on."""
    if wanted is not None:
        return wanted
    return not stream.isatty() or os.environ.get("TERM", "dumb") in ("dumb", "unknown") or "CI" in os.environ


def make_screen(wanted: bool | None, zone: tzinfo) -> Screen:
    """The screen that suits standard output; `wanted`: see `is_plain`."""
    return PlainScreen(zone) if is_plain(wanted, sys.stdout) else LiveScreen(zone)


class PlainScreen:
    """Lines: one per stage, one every few seconds, and the urgent alerts, as far as they are few."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._printed_at = -_PLAIN_SECONDS
        self._alerts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put right."""

    def stage(self, text: str) -> None:
        """A line of its own."""
        print(text, flush=True)

    def urgent(self, alert: Alert) -> None:
        """A line, unless there were many since the last line of progress."""
        self._alerts += 1
        if self._alerts <= _PLAIN_ALERTS:
            at = alert.last_at.astimezone(self._zone)
            names = ", ".join(finding.detector for finding in alert.findings)
            print(
                f"  {at:%m-%d %H:%M}  {alert.customer_id}  {alert.band:8} {alert.score:3.0f}  {names}",
                flush=True,
            )

    def update(self, view: View, board: AlertBoard) -> None:
        """A line every few seconds, while postings flow."""
        now = time.monotonic()
        if now - self._printed_at < _PLAIN_SECONDS or view.bank_date is None:
            return
        self._printed_at = now
        more = max(0, self._alerts - _PLAIN_ALERTS)
        self._alerts = 0
        if more:
            print(f"  and {more} more that are high or critical")
        print(
            f"{view.share:4.0%}  {view.bank_date}  {view.processed:,} processed, {view.per_second:,.0f}/s; "
            f"{len(board.newest):,} alerts; {view.dead_letters} dead letters",
            flush=True,
        )


class LiveScreen:
    """A view that is drawn in place, for 80 columns and 24 rows."""

    def __init__(self, zone: tzinfo, console: Console | None = None) -> None:
        self._zone = zone
        self._stage = ""
        self._staged_at = 0.0
        self._drawn_at = 0.0
        # Drawn when told to: a thread that draws would take time from the postings.
        self._live = Live(console=console or Console(highlight=False), auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def stage(self, text: str) -> None:
        """The line above everything."""
        self._stage = text
        self._staged_at, self._drawn_at = time.monotonic(), 0.0
        if not self._live.get_renderable():
            self._live.update(Text(text, style="bold"), refresh=True)

    @property
    def last_drawn(self) -> RenderableType:
        """What stands there now."""
        return self._live.get_renderable()

    def urgent(self, alert: Alert) -> None:
        """Shown with the next drawing."""

    def update(self, view: View, board: AlertBoard) -> None:
        """Draw, if the last drawing is old enough."""
        now = time.monotonic()
        if now - self._drawn_at >= _REDRAW_SECONDS:
            self._drawn_at = now
            self._live.update(self._draw(view, board), refresh=True)

    def _draw(self, view: View, board: AlertBoard) -> RenderableType:
        bands = board.bands()
        day = "" if view.bank_date is None else f"  {view.bank_date}"
        bar = Table.grid(padding=(0, 1))
        bar.add_row(ProgressBar(100, view.share * 100, width=_BAR_WIDTH), f"{view.share:4.0%}{day}")
        counts = Text(
            f"{view.sent:,} sent   {view.processed:,} processed   {view.per_second:,.0f}/s   "
            f"{view.dead_letters} dead letters"
        )
        alerts = Text(f"{len(board.newest):,} alerts: ")
        for place, (band, style) in enumerate(reversed(_BAND_STYLES.items())):
            alerts.append(", " if place else "").append(f"{bands[band]:,} {band}", style=style)
        stage = Text(self._stage, style="bold").append(
            f"  {time.monotonic() - self._staged_at:.0f} s", style="dim"
        )
        lines = [counts, alerts, Text(), *self._alerts(board)]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(stage, bar, *lines)

    def _alerts(self, board: AlertBoard) -> Iterator[Text]:
        """Two lines for each: its particulars, and why."""
        if not board.urgent:
            return
        yield Text(
            f"{'booked':13}{'customer':11}{'band':10}{'score':>5}  newest high and critical alerts",
            style="dim",
        )
        for alert in board.urgent:
            line = Text(f"{alert.last_at.astimezone(self._zone):%m-%d %H:%M}  {alert.customer_id:11}")
            line.append(alert.band, style=_BAND_STYLES[alert.band])
            line.append(f"{'':{10 - len(alert.band)}}{alert.score:5.0f}  ")
            yield line.append(", ".join(finding.detector for finding in alert.findings))
            yield Text(f"  {alert.findings[0].explanation}", style="dim")
