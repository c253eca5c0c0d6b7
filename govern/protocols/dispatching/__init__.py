"""Dispatch (expediering): decisions sent to those they concern."""
