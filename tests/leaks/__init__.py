"""What must not be read by others, tried from outside: every answer, file, letter and line of the log."""
