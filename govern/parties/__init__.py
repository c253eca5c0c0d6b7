"""Organisations that work together, and the agreements between them."""
