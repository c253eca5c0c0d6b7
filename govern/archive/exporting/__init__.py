"""A search result as a file."""
