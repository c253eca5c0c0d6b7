"""Taking back what was opened by mistake: a paragraph, or the meeting."""
