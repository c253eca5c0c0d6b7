"""Adjusting (justering): what the adjusters say before the sealing, and how they are reminded."""
