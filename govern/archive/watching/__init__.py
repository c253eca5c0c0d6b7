"""Saved searches: their letters and their feeds."""
