"""Organisations that work together, and the agreement between them."""
