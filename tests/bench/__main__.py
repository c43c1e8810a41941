"""`python -m tests.bench`: measure, and print tables. Takes about eight minutes; nothing outlives it."""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Final

from agents.embedded_broker import EmbeddedBrokerError
from tests.bench import compiled, core, latency, size, worker
from tests.bench.children import BenchError
from tests.bench.crowd import make_templates
from tests.bench.report import Part, machine, record

_NAMES: Final = ("core", "compiled", "worker", "recovery", "size", "latency")
_DATA: Final = Path(__file__).parents[3] / "shared" / "data"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000, help="of the worker (default: 100,000)")
    parser.add_argument("--postings", type=int, default=100_000, help="for the worker (default: 100,000)")
    parser.add_argument("--rounds", type=int, default=3, help="medians are of so many (default: 3)")
    parser.add_argument("--only", action="append", choices=_NAMES, help="this part; may be given again")
    parser.add_argument("--large", action="store_true", help="the core also with 1,000,000 customers")
    parser.add_argument("--detectors", action="store_true", help="the cost of each detector, too")
    parser.add_argument(
        "--rate", type=int, help="postings/s for the latency (default: half of what the worker did)"
    )
    parser.add_argument("--data", type=Path, default=_DATA, help="directory of berka_1993.parquet")
    parser.add_argument("--record", type=Path, help="write the numbers to this file, as JSON")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _measure(options: argparse.Namespace) -> list[Part]:
    wanted = set(options.only or _NAMES)
    parts: list[Part] = []

    def done(part: Part) -> None:
        parts.append(part)
        _say(f"{part.text()}\n")

    if "size" in wanted:
        done(size.measure(options.data))
    if wanted == {"size"}:
        return parts
    templates = make_templates()
    if wanted & {"core", "compiled"}:
        done(core.measure(templates, options.rounds, is_large=options.large, by_detector=options.detectors))
    if "compiled" in wanted:
        done(compiled.measure(parts[-1], options.rounds))
    rate = 2 * latency.DEFAULT_RATE
    if wanted & {"worker", "recovery"}:
        found = worker.measure(templates, options.customers, options.postings, options.rounds)
        for part in (found.judging, found.recovery):
            if part.name in wanted:
                done(part)
        rate = int(found.per_second)
    if "latency" in wanted:
        done(latency.measure(templates, options.customers, options.rate or rate // 2))
    return parts


def main() -> int:
    """Measure what is asked for; 1 if something ended that should not have."""
    options = _options()
    # Asked to end, it ends what it started, as when interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    about = machine()
    _say(", ".join(f"{name}: {value}" for name, value in about.items()) + "\n")
    started = time.monotonic()
    try:
        parts = _measure(options)
    except (BenchError, EmbeddedBrokerError) as error:
        _say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        _say("bench: interrupted")
        return 130
    _say(f"{time.monotonic() - started:.0f} s")
    if options.record is not None:
        # Without paths, which are of this machine.
        asked = {name: value for name, value in vars(options).items() if not isinstance(value, Path)}
        record(options.record, parts, asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
