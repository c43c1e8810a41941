"""A simulated bank: customers with habits, postings in event-time order, and planted, labelled behaviour."""

from agents.simulator.bank import SimulatedBank, simulate
from agents.simulator.labels import Label
from agents.simulator.plan import SimulationPlan

__all__ = ["Label", "SimulatedBank", "SimulationPlan", "simulate"]
