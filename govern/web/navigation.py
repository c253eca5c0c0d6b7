"""The main navigation and the links in the page's head: it knows the names of endpoints, and nothing behind them.

Endpoints that do not exist are skipped, so that slices can be added one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the main navigation. `within` lists the slices and endpoints that belong to it."""

    label: str
    endpoint: str
    within: tuple[str, ...]
    administrators: bool = False


NAVIGATION = (
    Entry("Min sida", "archive.home", ("archive.home", "reviewing")),
    Entry(
        "Forum",
        "archive.forums",
        (
            "archive.forums",
            "archive.forum",
            "archive.case",
            "forums",
            "house",
            "proposals",
            "meetings",
            "summons",
            "inviting",
            "carrying",
            "followup",
            "presence",
            "paragraphs",
            "drafting",
            "phrases",
            "superseding",
            "protocols",
            "papers",
            "notices.of_protocol",
            "notices.post",
            "notices.note_posted",
            "notices.take_down",
            "adjusting",
            "correcting",
            "extracts",
            "dispatching",
            "binding",
            "publishing",
            "immediate",
            "signing",
            "verification",
        ),
    ),
    Entry("Uppdrag", "assignments.assignments", ("assignments",)),
    Entry("Anslagstavla", "notices.board", ("notices",)),
    Entry("Sök", "search.search", ("search", "watching", "exporting")),
    Entry(
        "Inställningar",
        "parties.collaborations",
        (
            "parties",
            "people",
            "accounts",
            "log",
            "background",
            "forums.forums",
            "forums.new_forum",
            "organisation_house",
            "phrases.defaults",
            "phrases.change_default",
            "abbreviations",
        ),
        administrators=True,
    ),
)


def place_of(endpoint: str) -> Entry | None:
    """Return the navigation entry of a page: by its endpoint, otherwise by its slice."""
    for name in (endpoint, endpoint.partition(".")[0]):
        for entry in NAVIGATION:
            if name in entry.within:
                return entry
    return None


def init_app(app: Flask) -> None:
    """Provide the layouts with the navigation."""

    @app.context_processor
    def add_template_globals() -> dict[str, Any]:
        if not current_user.is_authenticated:
            return {}
        here = place_of(request.endpoint or "")
        shown = [e for e in NAVIGATION if _exists(e.endpoint) and (current_user.administrator or not e.administrators)]
        return {
            "navigation": [{"label": e.label, "url": url_for(e.endpoint), "current": e is here} for e in shown],
            "search_url": url_for("search.search") if _exists("search.search") else None,
            "account_url": url_for("account.account"),
            "sign_out_url": url_for("people.sign_out"),
        }


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
