"""Adjusting (justering): the adjusters' verdicts before the sealing, and their reminders."""
