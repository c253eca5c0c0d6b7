"""Common Swedish first names, which tell a person's name from other capitalised words."""

from pathlib import Path

FIRST_NAMES = frozenset(Path(__file__).with_suffix(".txt").read_text("utf-8").split())
