"""Verification of files that anyone brings."""
