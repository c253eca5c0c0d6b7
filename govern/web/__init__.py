"""Plumbing of the pages, which knows nothing of meetings."""
