"""Saved searches, with notifications by email and as a feed."""
