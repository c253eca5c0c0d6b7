"""The phrases that a secretary has at hand."""
