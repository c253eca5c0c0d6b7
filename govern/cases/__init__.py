"""Matters that live across meetings, and the files that belong to them."""
