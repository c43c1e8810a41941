"""When detectors last spoke about a customer, or a group, and how strongly: what keeps them quiet. 10 bytes each.

A detector is known by the CRC-32 of its id; strengths are 32-bit floats, off by 1 part in 10 million.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from zlib import crc32

import msgspec

_ROW: Final = struct.Struct("<IHf")


class Spoken(NamedTuple):
    """A detector's last word: its business date (day number), and how strongly."""

    day: int
    strength: float


class Raised(msgspec.Struct, array_like=True, gc=False):
    """By detector, in the order in which they first spoke."""

    rows: bytes = b""

    def of(self, detector: str) -> Spoken | None:
        """When a detector last spoke; None: not lately."""
        key = key_of(detector)
        return next((Spoken(day, strength) for known, day, strength in self._each() if known == key), None)

    def note(self, detector: str, day: int, strength: float) -> None:
        """A detector speaks: what counts is the newest date, and the strongest that was said of it or since of another."""
        spoken, key = (
            {known: Spoken(known_day, known_strength) for known, known_day, known_strength in self._each()},
            key_of(detector),
        )
        said = spoken.get(key)
        if said is None or day > said.day:
            spoken[key] = Spoken(day, strength)
        else:
            spoken[key] = Spoken(said.day, max(strength, said.strength))
        self._keep(spoken.items())

    def since(self, day: int, detectors: Mapping[int, str]) -> list[str]:
        """Which of the detectors (ids by their keys) spoke after a day."""
        return [detectors[key] for key, known_day, _ in self._each() if known_day > day and key in detectors]

    def drop(self, day: int, quiet_days: Mapping[int, int]) -> None:
        """Forget what keeps nobody quiet on that day; `quiet_days`: for how long it would, by `key_of` the detector."""
        self._keep(
            (key, (known_day, strength))
            for key, known_day, strength in self._each()
            if day - known_day < quiet_days.get(key, 0)
        )

    def _each(self) -> Iterator[tuple[int, int, float]]:
        return _ROW.iter_unpack(self.rows)

    def _keep(self, spoken: Iterable[tuple[int, tuple[int, float]]]) -> None:
        self.rows = b"".join(_ROW.pack(key, day, strength) for key, (day, strength) in spoken)


def key_of(detector: str) -> int:
    """A detector's 32-bit key."""
    return crc32(detector.encode())
