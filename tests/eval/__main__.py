"""`python -m tests.eval`: measure what the detectors find, and write `tests/eval/RESULTS.md`. Takes some minutes."""

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.crowd import policy
from tests.bench.report import machine
from tests.eval.measure import Measured, measure
from tests.eval.report import Header, page
from tests.eval.sets import SETS, prepare

DATA_VARIABLE: Final = "LEDGERWATCH_EVAL_DATA"
RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_BESIDE: Final = Path(__file__).parents[3] / "shared" / "data"


def data_directory() -> Path:
    """Where the tables are: as the environment says, or beside the repository."""
    return Path(os.environ.get(DATA_VARIABLE) or _BESIDE)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=data_directory(),
        metavar="DIR",
        help=f"the tables (default: ${DATA_VARIABLE}, or ../shared/data beside the repository)",
    )
    names = [one.name for one in SETS]
    parser.add_argument(
        "--only",
        nargs="+",
        choices=names,
        metavar="NAME",
        help=f"these sets, and the page to standard output: {', '.join(names)}",
    )
    return parser.parse_args()


def main() -> int:
    """Measure what is asked for and there."""
    options = _options()
    wanted = [one for one in SETS if options.only is None or one.name in options.only]
    there = [one for one in wanted if one.file is None or (options.data / one.file).is_file()]
    started = time.monotonic()
    measured: list[Measured] = []
    for one in there:
        with TemporaryDirectory(prefix="ledgerwatch-eval-") as folder:
            _say(f"{one.name} ...")
            found = measure(one, prepare(one, options.data, Path(folder)), Path(folder))
            measured.append(found)
            _say(f"{one.name}: {found.postings:,} postings, {time.monotonic() - started:.0f} s so far")
    text = page(_header(options.only), measured, [one.name for one in wanted if one not in there])
    if options.only is None:
        RESULTS.write_text(text, encoding="utf-8")
        _say(f"{RESULTS.name} is written")
    else:
        sys.stdout.write(text)
    return 0


def _header(only: list[str] | None) -> Header:
    about = machine()
    rules = policy()
    return Header(
        date=datetime.now(UTC).date().isoformat(),
        command=" ".join(["python -m tests.eval", *(["--only", *only] if only else [])]),
        machine=f"{about['processor']}, {about['cores']} cores, {about['system']}",
        python=platform.python_version(),
        policy=f"`{rules.id}` {rules.version}",
    )


def _say(text: str) -> None:
    sys.stderr.write(f"eval: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
