"""Import of a protocol record into database rows."""
