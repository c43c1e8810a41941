"""What would another policy have said? Two policies over the same postings, and where their alerts differ."""

from agents.backtest.compare import compare
from agents.backtest.comparison import Comparison
from agents.backtest.replayed import AlertSeen, Key, Replayed

__all__ = ["AlertSeen", "Comparison", "Key", "Replayed", "compare"]
