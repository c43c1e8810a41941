"""One file per question asked of groups of connected customers. They never import one another."""
