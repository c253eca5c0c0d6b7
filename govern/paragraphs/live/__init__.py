"""The meeting in progress, as shown to participants and to watchers."""
