"""What earlier meetings left, put on a later agenda."""
