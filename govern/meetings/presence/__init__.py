"""Who is present from the start of a meeting."""
