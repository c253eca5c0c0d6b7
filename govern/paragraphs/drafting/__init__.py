"""Writing a paragraph: its draft, its versions, and concurrent editors."""
