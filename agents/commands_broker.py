"""What the commands do that speak to a broker and are no worker: topics and dead letters."""

import argparse
import sys
from collections import Counter

from agents.commands import OptionError
from agents.settings import load_settings


def topics_create(_options: argparse.Namespace) -> int:
    """`ledgerwatch topics create`."""
    from agents.topics import admin_client, create_topics

    settings = load_settings()
    with admin_client(settings) as admin:
        created = create_topics(settings, admin)
    print(f"created: {', '.join(created) or 'nothing, all were there'}")
    return 0


def topics_check(_options: argparse.Namespace) -> int:
    """`ledgerwatch topics check`."""
    from agents.topics import admin_client, check_topics, topic_specs

    settings = load_settings()
    with admin_client(settings) as admin:
        check_topics(settings, admin)
    print(f"all {len(topic_specs(settings))} topics are there and fit")
    return 0


def dead_letters_list(options: argparse.Namespace) -> int:
    """`ledgerwatch dead-letters list`: without `--json` nothing of what a customer's record holds."""
    from agents.dead_letters import read_dead_letters

    reason = _reason(options.reason)
    reasons: Counter[str] = Counter()
    for letter in read_dead_letters(load_settings(), reason, unreadable=_warn):
        reasons[letter.reason] += 1
        if options.json:
            sys.stdout.buffer.write(letter.to_json() + b"\n")
        else:
            place = letter.message_key().decode()
            print(f"{place}  {letter.reason}  {letter.value_bytes} bytes  {on_one_line(letter.detail)}")
    if not options.json:
        print(f"dead letters: {_counted(reasons)}")
    return 0


def dead_letters_replay(options: argparse.Namespace) -> int:
    """`ledgerwatch dead-letters replay`; the exit code is 1 if an original could not be sent."""
    from agents.dead_letters import read_dead_letters, send_again, without_repetitions

    reason = _reason(options.reason)
    settings = load_settings()
    letters = without_repetitions(read_dead_letters(settings, reason, unreadable=_warn))
    if options.dry_run:
        print(f"would be sent again: {_counted(Counter(letter.reason.value for letter in letters))}")
        return 0
    result = send_again(settings, letters)
    for problem in result.not_sent:
        _warn(problem)
    print(
        f"sent again: {result.sent:,}; a posting that was counted before is recognised and not counted twice"
    )
    return 1 if result.not_sent else 0


def _reason(text: str | None) -> str | None:
    from schemas import DeadLetterReason

    if text is not None and text not in list(DeadLetterReason):
        raise OptionError(f"--reason: one of {', '.join(DeadLetterReason)} is expected, not {text}")
    return text


def _counted(reasons: Counter[str]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common()) or "none"


def _warn(problem: str) -> None:
    sys.stderr.write(f"ledgerwatch: {problem}\n")


def on_one_line(text: str) -> str:
    """Without what could move a terminal's cursor: the topic is open to whoever may write to it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
