"""The slices and their rooms: which module belongs to which, and what each may import.

A slice is a stage of a meeting's life. It, or each of its sub-packages, is divided into the rooms of `ROOMS`, listed
in the order in which they may import one another. A module belongs to the room that it is named after (`rules`,
`colour_views`); one that is named after its content is listed in `OTHERS` under the room whose limits it keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

SLICES = (
    "people",
    "parties",
    "forums",
    "cases",
    "meetings",
    "paragraphs",
    "assignments",
    "protocols",
    "notices",
    "archive",
)
LAST = ("demo", "cli")  # Packages that may use every slice.
GATHERERS = {"govern", "govern.app", "govern.models"}  # app.py collects the pages, models.py the tables.

ROOMS = ("states", "rules", "models", "access", "queries", "operations", "forms", "views", "register")
OTHERS = {
    "rules": (
        "cases.secrecy",
        "meetings.adjusting_deadline",
        "meetings.inviting.calendars",
        "meetings.naming",
        "meetings.papers_deadline",
        "meetings.timetable",
        "notices.publishing.first_names",
        "notices.publishing.spotting",
        "notices.terms",
        "paragraphs.attendance",
        "paragraphs.drafting.comparing",
        "paragraphs.drafting.draft",
        "paragraphs.facts",
        "paragraphs.outcomes",
        "people.passwords.common_words",
        "people.sessions.browsers",
        "protocols.checks",
        "protocols.verifying.sentences",
    ),
    "models": ("cases.listing",),
    "access": ("forums.readers",),
    "queries": (
        "archive.importing.drafts",
        "archive.log.exporting",
        "archive.log.names",
        "archive.searching.asking",
        "archive.searching.engines",
        "archive.searching.finding",
        "archive.searching.passages",
        "archive.searching.suggesting",
        "archive.timeline",
        "archive.watching.feeding",
        "assignments.followup.listing",
        "assignments.followup.quarter",
        "cases.proposals.printing",
        "meetings.timing",
        "notices.printing",
        "paragraphs.live.timing",
        "paragraphs.live.workspace",
        "protocols.freeze",
        "protocols.verifying.report",
    ),
    "operations": (
        "archive.searching.indexing",
        "archive.watching.mailing",
        "cases.file_texts",
        "meetings.summons.enclosing",
        "meetings.summons.packing",
        "paragraphs.drafting.editors",
        "paragraphs.drafting.versions",
        "paragraphs.drafting.writing",
        "paragraphs.movements",
        "paragraphs.reindexing",
        "people.attempts",
        "people.events",
        "people.factors.passkeys",
        "people.noting",
        "people.passwords.hashing",
        "people.sessions.devices",
        "protocols.adjusting.reminding",
        "protocols.signing.archiving",
        "protocols.signing.keys",
        "protocols.signing.makers",
        "protocols.signing.makers.base",
        "protocols.signing.makers.csc",
        "protocols.signing.makers.federated",
        "protocols.signing.makers.local",
        "protocols.signing.substituting",
        "protocols.verifying.judging",
    ),
    "forms": ("paragraphs.drafting.desk",),
}

WEB = ("flask", "flask_login", "flask_wtf", "flask_babel", "werkzeug")
DATABASE = ("sqlalchemy", "flask_sqlalchemy", "govern.db")
TYPED = ("wtforms", "govern.web.forms")
ACTING = ("govern.audit", "govern.outbox", "govern.mail", "govern.letters", "govern.files")
BARRED = {
    "states": (*WEB, *DATABASE, *TYPED, *ACTING),
    "rules": (*WEB, *DATABASE, *TYPED, *ACTING),
    "models": (*WEB, *TYPED, "govern.audit", "govern.outbox", "govern.mail"),
    "access": (*WEB, *TYPED, *ACTING),
    "queries": (*WEB, *TYPED, "govern.outbox", "govern.mail"),
    "operations": (*WEB, *TYPED),
    "forms": ("flask", "flask_login", "werkzeug", "sqlalchemy", "flask_sqlalchemy", *ACTING),
    "views": ("sqlalchemy", "flask_sqlalchemy", "govern.outbox", "govern.audit"),
}
"""The imports barred in each room. A name covers its submodules: `flask` bars `flask.typing`."""

HARMLESS = {"flask": {"current_app", "url_for", "has_request_context"}}
"""Barred names that some rooms (`MAY_SETTINGS`) may import all the same: the settings, and addresses for letters."""
MAY_SETTINGS = {"forms", "operations", "queries"}
CALLS_AN_OPERATION = {"save_changes", "commit_step", "lock", "lock_anew"}
"""Names of `govern.db` that only operations and what they call may import."""

EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "people.access": (
        "flask flask_login govern.people.events govern.people.noting",
        "Here a request meets the rights.",
    ),
    "people.background.queries": ("govern.outbox", "The outbox itself is what it shows."),
    "people.sessions.devices": ("flask", "It reads and sets the browser's cookie."),
}
"""Modules with imports that their room bars, and why."""

PURE_ROOMS = ("states", "rules")
PURE_PLUMBING = (
    "record",
    "regimes",
    "bounds",
    "richtext",
    "words",
    "swedish",
    "plausible",
    "markup",
    "errors",
    "documents",
    "reading",
)


def slice_of(module: str) -> str:
    """Return the slice of a module; empty for plumbing, and for modules that may use every slice."""
    first = ([*module.split("."), ""])[1]
    return first if first in SLICES else ""


def rank(module: str) -> int:
    """Return the position of a module in the order of slices; 0 is plumbing."""
    order = (*SLICES, *LAST)
    first = ([*module.split("."), ""])[1]
    return order.index(first) + 1 if first in order else 0


@cache
def room(module: str) -> str:
    """Return the room of a module in its slice; empty outside the slices, and for modules that belong to none."""
    if not slice_of(module):
        return ""
    last = module.rpartition(".")[2].rpartition("_")[2]
    if last in ROOMS:
        return last
    return next((name for name, modules in OTHERS.items() if module.removeprefix("govern.") in modules), "")


@cache
def bars(module: str) -> tuple[str, ...]:
    """Return the imports barred for a module."""
    return tuple(name for name in BARRED.get(room(module), ()) if name not in exceptions(module))


def exceptions(module: str) -> list[str]:
    """Return the barred imports that a module may have nevertheless."""
    return EXCEPTIONS.get(module.removeprefix("govern."), ("", ""))[0].split()


def is_pure(module: str) -> bool:
    """Return whether a module must run without web and database."""
    return room(module) in PURE_ROOMS or any(
        module == f"govern.{name}" or module.startswith(f"govern.{name}.") for name in PURE_PLUMBING
    )


def part_of(module: str) -> str:
    """Return the sub-package of a slice that a module is in, or an empty string."""
    parts = module.split(".")
    return ".".join(parts[:3]) if slice_of(module) and len(parts) > 3 else ""
