"""A whole meeting as one PDF and as a ZIP."""
