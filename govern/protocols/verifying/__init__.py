"""Verification of files that anyone may submit."""
