"""Extracts (protokollsutdrag) of a sealed protocol."""
