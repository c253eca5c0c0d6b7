"""Passwords: what one must be, and how it is hashed and checked."""
