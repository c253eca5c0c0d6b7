"""Signatures: the keys, the services that make them, substitutes, and archive time-stamps."""
