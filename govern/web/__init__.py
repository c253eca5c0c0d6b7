"""The web infrastructure, which knows nothing of meetings."""
