"""Papers of any kind converted to PDF and bound together."""
