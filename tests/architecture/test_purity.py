"""Same input, same output, always: nothing in monitor/ can reach a clock, chance, a file, a socket or a log."""

import pytest

from tests.architecture.purity import impurities
from tests.architecture.tree import files, name_of


def test_the_core_is_pure() -> None:
    found = [
        f"{name_of(path)}:{what}"
        for path in files(".py", under="monitor")
        for what in impurities(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from pathlib import Path",
        "from . import money",
        "def f(): import random",
        "at = datetime.now(UTC)",
        "at = datetime.now(tz=UTC)",
        "day = date.today()",
        "text = open('policy.yaml').read()",
        "bucket = hash(customer_id) % 16",
        "print(alert)",
        "async def f(): ...",
        "def f():\n    global seen\n    seen = 1",
    ],
)
def test_the_guard_sees(source: str) -> None:
    assert list(impurities(source))


def test_the_guard_lets_the_core_work() -> None:
    source = (
        "import hashlib\nfrom schemas import Alert\ndigest = hashlib.sha256(b'').hexdigest()\nday = at.date()"
    )

    assert list(impurities(source)) == []
