"""A decision that replaces or amends an earlier one."""
