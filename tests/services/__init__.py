"""Doubles of external services on loopback: a time-stamp authority and two remote signing services."""
