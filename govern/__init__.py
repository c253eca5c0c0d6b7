"""Govern: meetings, protocols, signatures and decisions for organisations that work together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from govern.config import Settings

HERE = Path(__file__).parent


def beside(folder: str) -> Path:
    """Return the path of a folder that lies beside the package in a checkout, and inside it when installed."""
    inside = HERE / folder
    return inside if inside.is_dir() else HERE.parent / folder


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Create the application; `govern.app` loads every slice and is therefore imported here."""
    from govern import app  # noqa: PLC0415 — who wants the record or a rule alone needs no slice.

    return app.create_app(settings, **overrides)
