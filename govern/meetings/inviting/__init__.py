"""Invitations to a meeting, by mail and for calendars."""
