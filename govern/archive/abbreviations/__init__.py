"""The abbreviations that search understands."""
