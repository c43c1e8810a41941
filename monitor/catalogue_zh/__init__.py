"""The catalogue in Chinese, for analysts and investigators who read it so."""

from collections.abc import Mapping
from typing import Final

from monitor.catalogue_zh.flows import FLOWS
from monitor.catalogue_zh.habits import HABITS
from monitor.catalogue_zh.identity import IDENTITY
from monitor.catalogue_zh.words import Words

CHINESE: Final[Mapping[str, Words]] = {**HABITS, **FLOWS, **IDENTITY}
"""By the detector's id, groups' included."""
