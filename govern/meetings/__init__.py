"""Meetings: planning and calling them, their agendas, and who was present."""
