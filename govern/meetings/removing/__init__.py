"""Removing a planned meeting, or moving it to another forum, while nothing has been sent."""
