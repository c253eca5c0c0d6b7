"""Accounts: what their owners change, and what administrators do to those of others."""
