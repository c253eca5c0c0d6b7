"""Export of search results."""
