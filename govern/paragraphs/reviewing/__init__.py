"""The chair's queue: paragraphs that wait for approval."""
