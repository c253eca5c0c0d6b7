"""Abbreviations that search expands."""
