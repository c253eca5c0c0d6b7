"""What became of the duties that the protocols gave."""
