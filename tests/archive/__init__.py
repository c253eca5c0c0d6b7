"""The archive: what is found, by whom, and what is read in."""
