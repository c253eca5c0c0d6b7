"""Writing a paragraph: its draft, versions, and those who write at the same time."""
