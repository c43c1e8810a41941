"""The options of `ledgerwatch policy …`."""

import argparse
from collections.abc import Callable
from typing import get_args

from agents import commands_policy
from schemas.customer import Kind, RiskGrade

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
"""Makes a subcommand: its name, what it does, and what it is for."""

ACTIONS = "validate|show|diff|publish|history"
_WHICH = "a packaged policy, or a file"


def policy_commands(add: Add) -> None:
    """All of them, in the order of a policy's life."""
    validating = add(
        "validate", commands_policy.validate, "whether policies are valid; every problem with its line"
    )
    validating.add_argument("policies", nargs="+", metavar="FILE", help=_WHICH)
    showing = add(
        "show", commands_policy.show, "what a policy says; with a type of customer, the numbers for it"
    )
    showing.add_argument(
        "policy", nargs="?", metavar="NAME", default="cn-pboc", help=f"{_WHICH} (default: cn-pboc)"
    )
    showing.add_argument("--kind", choices=get_args(Kind), help="of customer (default: person)")
    showing.add_argument("--segment", metavar="S", help="one that the policy has numbers for")
    showing.add_argument("--grade", choices=get_args(RiskGrade), help="of risk (default: medium)")
    comparing = add("diff", commands_policy.diff, "what is different between two policies, by meaning")
    comparing.add_argument("old", metavar="OLD", help=_WHICH)
    comparing.add_argument("new", metavar="NEW", help=_WHICH)
    comparing.add_argument("--json", action="store_true", help="for machines")
    publishing = add("publish", commands_policy.publish, "release a policy to all workers, from a time on")
    publishing.add_argument("policy", metavar="FILE", help=_WHICH)
    publishing.add_argument("--author", required=True, metavar="WHO", help="who wrote it")
    publishing.add_argument("--approver", required=True, metavar="WHO", help="who approved it: somebody else")
    publishing.add_argument(
        "--effective-from",
        metavar="INSTANT",
        help="like 2026-03-02T09:30:00+08:00; without an offset on the bank's clocks (default: in a minute)",
    )
    publishing.add_argument("--comment", metavar="TEXT", help="why it was approved")
    _timezone(publishing)
    _timezone(add("history", commands_policy.history, "what was released, by whom, and what is in force"))


def _timezone(part: argparse.ArgumentParser) -> None:
    part.add_argument("--timezone", metavar="ZONE", help="the bank's (default: LEDGERWATCH_BANK_TIMEZONE)")
