"""`ledgerwatch demo`: the whole service against a simulated bank, on one machine, with nothing left behind."""

from agents.demo.options import DemoOptions
from agents.demo.run import run_demo

__all__ = ["DemoOptions", "run_demo"]
