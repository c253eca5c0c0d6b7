"""Persons, their accounts, how they sign in, and the rights everything asks for."""
