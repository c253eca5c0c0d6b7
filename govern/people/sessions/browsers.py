"""What a browser calls itself, in words that its owner recognises."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
"""The first that is found holds: most browsers also name those they wish to be taken for."""


def browser_name(user_agent: str) -> str:
    """Format as `Firefox på Windows`; what nobody recognises stands as it calls itself, cut short."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is None:
        return user_agent[:40] or "Okänd webbläsare"
    return f"{browser} på {system}" if system else browser
