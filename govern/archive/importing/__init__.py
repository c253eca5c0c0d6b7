"""A protocol's record read back into rows."""
