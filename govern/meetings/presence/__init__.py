"""The presence list of a meeting, from its start."""
