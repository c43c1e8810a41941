"""The hands: what reads, writes, waits and shows. Decisions are made in `monitor`."""
