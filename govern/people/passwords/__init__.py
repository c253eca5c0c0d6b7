"""Passwords: requirements, hashing and verification."""
