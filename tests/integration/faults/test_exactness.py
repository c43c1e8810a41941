"""Workers are killed again and again, and the outcome is that of a run in which nothing ever happened, byte for byte."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from agents.worker import ExitCode
from monitor.calendar import day_of
from monitor.group_state import decode_group
from schemas import DeadLetter, GroupPosting
from tests.integration.faults import doomed
from tests.integration.faults.conftest import BROKERS, a_place
from tests.integration.faults.evidence import (
    Quiet,
    Source,
    Topics,
    newest_of,
    quiet_run,
    source_of,
    values,
)
from tests.integration.faults.storm import STRIKES, UNEASY, Storm, weather
from tests.integration.faults.stream import customers, make_bank, sensitive_policy, transactions

# The first test of each broker has the whole storm in it.
pytestmark = pytest.mark.timeout(400)

SEED: Final = 20_250_106


@dataclass(frozen=True)
class Aftermath:
    storm: Storm
    topics: Topics
    quiet: Quiet


@pytest.fixture(scope="module", params=BROKERS)
def aftermath(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Aftermath]:
    """What is left after the storm: made once for each broker, looked at by every test below."""
    folder = tmp_path_factory.mktemp("storm")
    policy = sensitive_policy(folder)
    with a_place(request, folder, policy=str(policy), **UNEASY) as place:
        place.declare()
        bank = make_bank()

        async def storm_and_count() -> Aftermath:
            storm = await weather(place, list(customers(bank)), list(transactions(bank, SEED)), SEED)
            topics = await Topics.of(place)
            return Aftermath(storm, topics, quiet_run(place, topics))

        yield asyncio.run(storm_and_count())


def test_the_storm_was_one(aftermath: Aftermath) -> None:
    """Were it not, all other tests here would hold without showing anything."""
    storm, topics, quiet = aftermath.storm, aftermath.topics, aftermath.quiet
    assert storm.kills >= STRIKES + len(doomed.STEPS)
    assert sorted(storm.steps) == sorted(doomed.STEPS)
    assert quiet.applied > 30_000
    assert len(quiet.revisions) > 500
    assert len(topics.alerts) > len(quiet.revisions), "no alert was published twice: no kill hit the gap"
    assert len(topics.state) > 3 * len(quiet.states)


def test_workers_end_when_they_are_killed_or_told_to_and_not_else(aftermath: Aftermath) -> None:
    assert aftermath.storm.unasked == []
    assert aftermath.storm.exit_codes == [ExitCode.STOPPED] * 2


def test_every_customers_state_is_that_of_the_quiet_run(aftermath: Aftermath) -> None:
    assert aftermath.topics.states() == aftermath.quiet.states


def test_every_groups_state_is_that_of_hearing_each_posting_once(aftermath: Aftermath) -> None:
    assert len(aftermath.quiet.group_states) > 10
    assert aftermath.topics.group_states() == aftermath.quiet.group_states


def test_groups_heard_every_posting_of_their_members_and_some_more_than_once(aftermath: Aftermath) -> None:
    heard: dict[Source, set[bytes]] = {}
    for value in values(aftermath.topics.group_postings):
        heard.setdefault(source_of(value), set()).add(value)
    assert heard == {source: {value} for source, value in aftermath.quiet.group_postings.items()}
    assert len(aftermath.topics.group_postings) > len(heard) > 3_000, "nothing was sent again"


def test_every_groups_sums_are_those_of_its_members_postings(aftermath: Aftermath) -> None:
    """Added up from what the quiet run of the members says, in no order at all."""
    sums: Counter[tuple[str, int, bool]] = Counter()
    for value in aftermath.quiet.group_postings.values():
        posting = GroupPosting.model_validate_json(value)
        tile = posting.group_id, day_of(posting.business_date), posting.direction == "credit"
        sums[tile] += -posting.amount_minor if posting.reverses else posting.amount_minor
    for (_, key), raw in aftermath.topics.group_states().items():
        assert key is not None
        assert raw is not None
        state = decode_group(raw)
        kept = {day for group, day, _ in sums if group == key.decode() and day >= state.oldest_day}
        assert kept >= set(state.days)
        for day in kept:
            for inbound in (True, False):
                stored = state.days.directed_sum(day, inbound=inbound)
                assert stored == sums[key.decode(), day, inbound]


def test_every_revision_of_every_alert_is_there_and_no_other(aftermath: Aftermath) -> None:
    assert aftermath.topics.revisions().keys() == aftermath.quiet.revisions.keys()


def test_a_revision_never_has_two_contents(aftermath: Aftermath) -> None:
    said = {revision: {value} for revision, value in aftermath.quiet.revisions.items()}
    assert aftermath.topics.revisions() == said


def test_the_newest_revision_of_every_alert_is_that_of_the_quiet_run(aftermath: Aftermath) -> None:
    newest = newest_of(aftermath.quiet.revisions)
    assert aftermath.topics.newest() == newest
    assert aftermath.topics.last() == newest


def test_every_poisoned_record_has_its_dead_letter_and_no_good_record_has_one(aftermath: Aftermath) -> None:
    found = aftermath.topics.letters()
    assert found == {key: {value} for key, value in aftermath.quiet.letters.items()}
    reasons_found = {
        key: DeadLetter.model_validate_json(v).reason for key, v in aftermath.quiet.letters.items()
    }
    assert reasons_found == aftermath.storm.due
