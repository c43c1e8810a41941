"""What a demo can be told."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from agents.logs import SafeError
from agents.simulator import SimulatedBank, SimulationPlan, simulate

_WEEKS_BACK: Final = timedelta(weeks=52)
_IRREGULAR_SHARE: Final = 0.01


class DemoError(SafeError):
    """The demo cannot go on; the text says why, and holds the worker's last lines where they explain it."""


class BankError(SafeError):
    """No such bank can be simulated; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """A demo to run.

    Args:
        customers: of the simulated bank.
        days: of its postings, in event time.
        seed: which bank.
        pace: postings/s of the last stretch, on which latency is measured.
        paced_postings: how long that stretch is.
        plain: lines instead of a live view; `None`: where there is no terminal for one.
        time_limit_seconds: for everything after the set-up.
    """

    customers: int = 2_000
    days: int = 90
    seed: int = 7
    pace: int = 1_000
    paced_postings: int = 12_000
    plain: bool | None = None
    time_limit_seconds: float = 300.0

    def bank(self, today: date) -> SimulatedBank:
        """The simulated bank, its days over before `today`: postings from the future would be refused.

        Raises:
            BankError: no such bank can be simulated.
        """
        start = SimulationPlan().start
        while start + timedelta(self.days) >= today:
            start -= _WEEKS_BACK
        try:
            plan = SimulationPlan(
                customers=self.customers,
                days=self.days,
                seed=self.seed,
                start=start,
                late_share=_IRREGULAR_SHARE,
                duplicate_share=_IRREGULAR_SHARE,
            )
            return simulate(plan)
        except ValueError as error:
            raise BankError(str(error)) from error
