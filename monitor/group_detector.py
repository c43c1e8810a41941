"""What a detector of groups is: data, and one function that observes. Its stories are of several customers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from monitor.calendar import DAY_S
from monitor.detector import Documented, Observation
from monitor.group_posting import Heard
from monitor.group_state import GroupState, group_name
from monitor.policy import GroupRules
from monitor.stats.counterparties import counterparty_key
from monitor.story import TODAY

GroupObserve = Callable[[GroupState, Heard, GroupRules], Observation | None]

CASH_T_MINOR: Final = 5_000_000
OTHER_T_MINOR: Final = 200_000_000
"""The reporting thresholds of stories' members, which are companies."""
_NEAR: Final = 0.8


@dataclass(frozen=True)
class GroupAct:
    """One member's posting; amount in major units, time of day in hours."""

    day: int
    amount: float
    inbound: bool
    member: str
    other: str | None
    """The other side, a customer of ours."""
    channel: str
    hour: float


@dataclass(frozen=True)
class GroupStory:
    """What happened in a group, in words and as postings. Today's are judged; the earlier ones are the past."""

    text: str
    acts: tuple[GroupAct, ...]

    def ordered(self) -> list[GroupAct]:
        """The acts in order of time."""
        return sorted(self.acts, key=lambda act: (act.day, act.hour))

    def heard(self) -> Iterator[tuple[bool, Heard]]:
        """Whether each posting is today's, and the posting as the group hears of it."""
        for number, act in enumerate(self.ordered()):
            who = counterparty_key(act.member)
            t_minor = CASH_T_MINOR if act.channel == "cash" else OTHER_T_MINOR
            amount_minor = round(act.amount * 100)
            yield (
                act.day >= 0,
                Heard(
                    customer_id=act.member,
                    who=who,
                    transaction_id=f"T{number:05d}",
                    name=group_name(who, f"T{number:05d}"),
                    partition=0,
                    offset=number,
                    at_ms=((TODAY + act.day) * DAY_S + int((act.hour - 8) * 3600)) * 1000,
                    day=TODAY + act.day,
                    amount_minor=amount_minor,
                    inbound=act.inbound,
                    channel=act.channel,
                    other=None if act.other is None else counterparty_key(act.other),
                    near=_NEAR * t_minor <= amount_minor < t_minor,
                    reporting_minor=t_minor,
                    grade="medium",
                    reverses=None,
                ),
            )


@dataclass(frozen=True, kw_only=True)
class GroupDetector(Documented):
    """One question asked of every posting of a member of a group."""

    observe: GroupObserve
    """None: not applicable here, or too little history. It changes nothing."""
    fires: GroupStory
    near_miss: GroupStory


def pays(amount: float, giver: str, taker: str, *days: int, hour: float = 10.0) -> tuple[GroupAct, ...]:
    """One member transfers the amount to another, on each of the days (0 is today): a posting of either side."""
    return tuple(
        act
        for day in days
        for act in (
            GroupAct(day, amount, False, giver, taker, "transfer", hour),
            GroupAct(day, amount, True, taker, giver, "transfer", hour + 0.25),
        )
    )


def brings(amount: float, member: str, *days: int, hour: float = 11.0) -> tuple[GroupAct, ...]:
    """A member pays in cash."""
    return tuple(GroupAct(day, amount, True, member, None, "cash", hour) for day in days)


def earns(amount: float, member: str, *days: int, hour: float = 9.0) -> tuple[GroupAct, ...]:
    """A member is paid by somebody outside the group, and pays four fifths on."""
    return tuple(
        act
        for day in days
        for act in (
            GroupAct(day, amount, True, member, None, "transfer", hour),
            GroupAct(day, amount * 0.8, False, member, None, "transfer", hour + 5),
        )
    )


BUSINESS: Final = tuple(
    act for at, member in enumerate("ABC") for act in earns(60_000, member, *range(-63 + at, 0, 3))
)
"""Three connected companies, A, B and C, with nine weeks of business of their own."""
