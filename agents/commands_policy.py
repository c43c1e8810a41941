"""What the commands about policies do: look at them, compare them, release them."""

import argparse
import json
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agents.commands import OptionError, columns, known_zone
from agents.commands_broker import on_one_line
from agents.policies import read_policy, read_written
from agents.settings import load_settings
from monitor.policy import Policy, PolicyError

_ZONE = "Asia/Shanghai"


def validate(options: argparse.Namespace) -> int:
    """`ledgerwatch policy validate`: every file is looked at, whatever is wrong with the others."""
    problems = []
    for name in options.policies:
        try:
            policy = read_policy(name, _ZONE)
        except PolicyError as error:
            problems.append(str(error))
        else:
            modes = list(policy.modes.values())
            counted = ", ".join(f"{modes.count(mode)} {mode}" for mode in ("active", "shadow", "off"))
            print(
                f"policy {name}: valid: {policy.id} {policy.version}, {policy.currency}, detectors: {counted}"
            )
    if problems:
        sys.stdout.flush()
        raise PolicyError("\n".join(problems))
    return 0


def show(options: argparse.Namespace) -> int:
    """`ledgerwatch policy show`."""
    from agents.policy_show import overview, resolved

    policy = read_policy(options.policy, _ZONE)
    if options.kind is None and options.segment is None and options.grade is None:
        files = {place.file for place in read_written(options.policy).places.values()}
        print(overview(policy, sorted(files - {options.policy}), columns()), end="")
        return 0
    _check_segment(policy, options.segment)
    print(resolved(policy, options.kind, options.segment, options.grade), end="")
    return 0


def diff(options: argparse.Namespace) -> int:
    """`ledgerwatch policy diff`."""
    from agents.policy_diff import changes

    old, new = (read_policy(name, _ZONE) for name in (options.old, options.new))
    found = changes((read_written(options.old), old.document), (read_written(options.new), new.document))
    if options.json:
        content = {
            "old": {"policy_id": old.id, "version": old.version},
            "new": {"policy_id": new.id, "version": new.version},
            "changes": [change.as_json() for change in found],
        }
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return 0
    print(
        f"{old.id} {old.version} → {new.id} {new.version}: {len(found) or 'no'} difference{'' if len(found) == 1 else 's'}"
    )
    for change in found:
        print(change.as_text())
    return 0


def publish(options: argparse.Namespace) -> int:
    """`ledgerwatch policy publish`."""
    from agents.policy_publishing import Approval
    from agents.policy_publishing import publish as publish_policy

    settings = load_settings()
    zone = _zone(options.timezone, settings.bank_timezone)
    at = None if options.effective_from is None else _instant(options.effective_from, zone)
    approval = Approval(options.author, options.approver, options.comment)
    release = publish_policy(settings, options.policy, approval, at, zone.key)
    print(f"published: {release.policy_id} {release.version}, sha256 {release.sha256}")
    print(
        f"in force from {_told(release.effective_from, zone)}: workers judge by it from then on, without a restart"
    )
    return 0


def history(options: argparse.Namespace) -> int:
    """`ledgerwatch policy history`."""
    from agents.policy_publishing import in_force, published
    from agents.policy_show import table

    settings = load_settings()
    zone = _zone(options.timezone, settings.bank_timezone)
    first = read_policy(settings.policy, zone.key)
    releases = published(settings, zone.key)
    now = datetime.now(UTC)
    current = in_force(releases, now)
    start = "in force" if current is None else "superseded"
    rows = [
        ("policy", "version", "effective from", "released", "author", "approver", "state"),
        (first.id, first.version, "the beginning", "LEDGERWATCH_POLICY", "-", "-", start),
    ]
    for one in releases:
        release = one.release
        if release is None:
            sys.stderr.write(
                on_one_line(f"ledgerwatch: {one.key}: refused by every worker: {one.problem}") + "\n"
            )
            continue
        later = "to come" if release.effective_from > now else "superseded"
        rows.append(
            (
                release.policy_id,
                on_one_line(release.version),
                _told(release.effective_from, zone),
                _told(release.released_at, zone),
                release.author,
                release.approver,
                "in force" if release is current else later,
            )
        )
    for line in table(rows):
        print(line)
    return 0


def _check_segment(policy: Policy, segment: str | None) -> None:
    known = sorted({name for one in policy.document.detectors.values() for name in one.segments})
    if segment is not None and segment not in known:
        raise OptionError(f"--segment: {policy.id} has {', '.join(known) or 'no segments'}, not {segment}")


def _zone(given: str | None, default: str) -> ZoneInfo:
    return known_zone(given or default)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """A time with its offset, or a date or time on the bank's clocks."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise OptionError(
            f"--effective-from: a time like 2026-03-02T09:30:00+08:00 is expected, not {text}"
        ) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _told(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
