"""Search for paragraphs, limited to those that the user may read."""
