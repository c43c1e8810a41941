"""Each planted behaviour has the property that defines it: one law per typology."""

import pytest

from agents.simulator.plan import TYPOLOGIES
from tests.shell.planted_cases import PLAN, cases
from tests.shell.planted_habits import HABITS
from tests.shell.planted_profiles import PROFILES

LAWS = HABITS | PROFILES


def test_every_typology_has_its_law() -> None:
    assert set(LAWS) == set(TYPOLOGIES)


@pytest.mark.parametrize("typology", TYPOLOGIES)
def test_a_planted_behaviour_has_the_property_that_defines_it(typology: str) -> None:
    assert len(cases()[typology]) == PLAN.planted
    for case in cases()[typology]:
        assert LAWS[typology](case), case.label
