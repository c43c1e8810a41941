"""`ledgerwatch …` and `python -m agents …`."""

import sys

from agents.cli import run

__all__ = ["main"]


def main() -> None:
    """Run the command that the arguments name; its exit code is the process's."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
