"""The background work as administrators see it: each lane, and what is set aside."""
