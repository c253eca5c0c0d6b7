"""Signing: the keys, the services that make signatures, substitutes, and archive time-stamps."""
