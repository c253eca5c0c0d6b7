"""Binders (pärm): a whole meeting as one PDF and as a ZIP."""
