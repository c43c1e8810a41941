"""The second stream without hands: what members' postings are to their group; alerts, dead letters and changed states out.

Pure and deterministic, like the engine of customers. A group's postings come from several partitions of the first stream, in
an order among those that only this topic knows; each partition's ascend, but for what is sent again after a crash.
"""

from collections.abc import Sequence
from typing import cast

from monitor.batch import Batch, Outcome, Record, Stored
from monitor.catalogue import GROUP_DETECTORS
from monitor.detector import Observation
from monitor.engine import MAX_VALUE_BYTES
from monitor.group_alerting import grade_of, group_shadow_finding, revise_group
from monitor.group_detector import GroupDetector
from monitor.group_intake import heard_in
from monitor.group_learn import learn_group, unlearn_group
from monitor.group_posting import Heard
from monitor.group_state import GroupState, decode_group, encode_group
from monitor.intake import Refusal
from monitor.memo import forget_alerts, keeps_quiet, may_speak, raise_it
from monitor.policy import GroupRules, Policy

Found = list[tuple[GroupDetector, Observation]]


class GroupEngine:
    """Judges groups and learns, by one policy."""

    def __init__(self, policy: Policy, *, max_value_bytes: int = MAX_VALUE_BYTES) -> None:
        self._policy = policy
        self._max_value_bytes = max_value_bytes
        self._detectors = {detector.id: detector for detector in GROUP_DETECTORS}
        modes = policy.group_modes
        self._asked = tuple(detector for detector in GROUP_DETECTORS if modes[detector.id] != "off")
        self._in_shadow = frozenset(name for name, mode in modes.items() if mode == "shadow")

    def process(self, records: Sequence[Record], stored: Stored) -> Outcome:
        """Apply one partition's records, in the order of their offsets.

        Raises:
            StateFormatError: a stored state is of another version, or damaged.
        """
        batch = Batch(keep_scores=False)
        by_group: dict[bytes, list[tuple[int, Heard]]] = {}
        for place, record in enumerate(records):
            heard = heard_in(record.key, record.value, self._policy.currency, self._max_value_bytes)
            if isinstance(heard, Refusal):
                batch.refuse(place, record, heard)
            else:
                by_group.setdefault(cast(bytes, record.key), []).append((place, heard))
        states = {}
        for key, works in by_group.items():
            raw = stored.get(key)
            state = GroupState() if raw is None else decode_group(raw)
            for place, heard in works:
                self._hear(state, key.decode(), place, heard, batch)
            states[key] = encode_group(state)
        return batch.outcome(states)

    def _hear(self, state: GroupState, group_id: str, place: int, heard: Heard, batch: Batch) -> None:
        tally = batch.tally
        if heard.offset <= state.offsets.get(heard.partition, -1):
            tally.fenced += 1
            return
        state.offsets[heard.partition] = heard.offset
        if heard.day < state.oldest_day:
            tally.too_late += 1
            return
        if heard.reverses is not None:
            unlearn_group(state, heard)
            tally.reversed += 1
            return
        tally.late += heard.day < state.newest_day
        rules = self._policy.group_rules(grade_of(state, heard))
        found = self._judge(state, heard, rules)
        learn_group(state, heard, rules)
        if found and self._in_shadow:
            found = self._without_shadow(state, group_id, place, heard, found, batch)
        if state.has_alerts:
            forget_alerts(state)
        if found:
            tally.findings.update(detector.id for detector, _ in found)
            alert = revise_group(state, group_id, heard, found, self._policy, rules, self._detectors)
            if alert is not None:
                batch.alerts.append((place, alert))
        tally.applied += 1

    def _judge(self, state: GroupState, heard: Heard, rules: GroupRules) -> Found:
        """The findings, from the past alone."""
        if not may_speak(state, heard.day):
            return []
        seen = ((detector, detector.observe(state, heard, rules)) for detector in self._asked)
        return [(detector, one) for detector, one in seen if one is not None and one.fires]

    def _without_shadow(
        self, state: GroupState, group_id: str, place: int, heard: Heard, found: Found, batch: Batch
    ) -> Found:
        """Findings for investigators; those of detectors on trial are written down apart."""
        rules = self._policy.group_rules(grade_of(state, heard))
        for detector, seen in found:
            if detector.id in self._in_shadow and not keeps_quiet(state, heard.day, detector, seen, rules):
                written = group_shadow_finding(group_id, heard, detector, seen, self._policy, rules)
                batch.shadow_findings.append((place, written))
                raise_it(state, heard.day, detector, seen)
        return [one for one in found if one[0].id not in self._in_shadow]
