"""A forum's list of assignments and its quarterly follow-up."""
