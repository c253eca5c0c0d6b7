"""Calling a meeting, its agenda, and who came."""
