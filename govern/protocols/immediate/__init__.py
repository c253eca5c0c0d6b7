"""Immediate adjusting (omedelbar justering) of one paragraph."""
