"""The chair's review queue: paragraphs that wait for approval."""
