"""How well: every detector, and all together, over labelled tables, a real bank and a simulated one: `make eval`."""
