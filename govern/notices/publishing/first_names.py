"""First names that are common in Sweden: what tells a person's name from two other words with capitals."""

from pathlib import Path

FIRST_NAMES = frozenset(Path(__file__).with_suffix(".txt").read_text("utf-8").split())
