"""Phrases: text modules that the secretary inserts while writing."""
