"""Tests that others cannot read secrets, made from outside: every answer, file, letter and log line."""
