"""What others must not read, tested from outside: responses, files, letters and log lines."""
