"""Imports every table, so that the metadata is complete before the first query and for the migrations."""

from importlib import import_module

MODULES = (
    "govern.audit",
    "govern.outbox",
    "govern.letters",
    "govern.parties.models",
    "govern.people.models",
    "govern.forums.models",
    "govern.forums.house.models",
    "govern.cases.models",
    "govern.meetings.models",
    "govern.meetings.inviting.models",
    "govern.paragraphs.models",
    "govern.paragraphs.drafting.models",
    "govern.paragraphs.superseding.models",
    "govern.assignments.models",
    "govern.protocols.models",
    "govern.protocols.adjusting.models",
    "govern.protocols.dispatching.models",
    "govern.notices.models",
    "govern.notices.publishing.models",
    "govern.archive.watching.models",
    "govern.archive.abbreviations.models",
)


def load() -> None:
    """Import every module that defines tables."""
    for module in MODULES:
        import_module(module)
