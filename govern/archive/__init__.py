"""Finding and reading what was decided, and taking in protocols written elsewhere."""
