"""Decisions that replace or amend earlier ones."""
