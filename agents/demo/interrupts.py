"""Ctrl-C and SIGTERM end the demo in order, wherever it is: children are ended on the way out, once."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType, TracebackType
from typing import Any, Final, Self, TypeVar

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_EXIT_BASE: Final = 128

Result = TypeVar("Result")


class Interrupts:
    """While entered, the first of these signals raises KeyboardInterrupt, and any later one is let pass."""

    def __init__(self) -> None:
        self.number: signal.Signals | None = None
        """The signal that came, if one did."""
        self._is_held = False
        self._before: dict[signal.Signals, Any] = {}
        self._cancel: Callable[[], object] | None = None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that such a signal ended: 130 for Ctrl-C."""
        return _EXIT_BASE + (self.number or signal.SIGINT)

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._handle) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.number is not None and error is None:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Act on a signal only at the end: a child half started is one that nobody ends."""
        self.hold()
        yield
        self._is_held = False
        if self.number is not None:
            raise KeyboardInterrupt

    def hold(self) -> None:
        """Act on signals only when left: for ending children, which no signal may cut short."""
        self._is_held = True

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine in a loop of its own; a signal cancels it.

        Raises:
            KeyboardInterrupt: a signal came.
        """
        try:
            with asyncio.Runner() as runner:
                return runner.run(self._cancelled_by_signals(main))
        except asyncio.CancelledError:
            if self.number is None:
                raise
            raise KeyboardInterrupt from None

    async def _cancelled_by_signals(self, main: Coroutine[Any, Any, Result]) -> Result:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        # Through the loop, for it may be asleep: a handler of Python's does not wake it by itself.
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            return await main
        finally:
            self._cancel = None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.number is not None:
            return
        self.number = signal.Signals(number)
        if self._cancel is not None:
            self._cancel()
        elif not self._is_held:
            raise KeyboardInterrupt
