"""The engine under policies that change: each record is judged by the one in force at its own time."""

from collections.abc import Callable, Sequence
from dataclasses import fields

from monitor.batch import Judges, Outcome, Record, Stored, Tally
from monitor.policy import Policy
from monitor.policy_book import PolicyBook


class SwitchingEngine:
    """One engine for each policy of a book, and the states that they hand over to one another."""

    def __init__(self, book: PolicyBook, engine: Callable[[Policy], Judges]) -> None:
        self._book = book
        self._make = engine
        self._engines: dict[Policy, Judges] = {}

    def process(self, records: Sequence[Record], stored: Stored) -> Outcome:
        """Apply one partition's records in their order, as `Engine.process` does.

        Raises:
            StateFormatError: a stored state is of another version, or damaged.
        """
        runs = self._book.runs(records)
        if len(runs) == 1:
            [(policy, _)] = runs
            return self._engine(policy).process(records, stored)
        whole = Outcome()
        for policy, run in runs:
            _add(whole, self._engine(policy).process(run, _Later(whole.states, stored)))
        return whole

    def _engine(self, policy: Policy) -> Judges:
        engine = self._engines.get(policy)
        if engine is None:
            engine = self._engines[policy] = self._make(policy)
        return engine


class _Later:
    """What the runs before have changed, and below it what is stored."""

    def __init__(self, changed: dict[bytes, bytes], stored: Stored) -> None:
        self._changed = changed
        self._stored = stored

    def get(self, key: bytes, /) -> bytes | None:
        changed = self._changed.get(key)
        return self._stored.get(key) if changed is None else changed


def _add(whole: Outcome, part: Outcome) -> None:
    """What came later behind what came earlier, and of a customer's states the later one."""
    for name in (one.name for one in fields(Outcome)):
        had, came = getattr(whole, name), getattr(part, name)
        if isinstance(had, list):
            had += came
        elif isinstance(had, dict):
            had |= came
        elif isinstance(had, Tally):
            had.add(came)
        elif isinstance(had, int):  # the newest day
            setattr(whole, name, max(had, came))
        elif had is None:
            setattr(whole, name, came)
        else:
            raise TypeError(f"{name}: no way to add it up is known")
