"""Every table, gathered so that the metadata is whole before the first query and for the migrations."""

from importlib import import_module

MODULES = (
    "govern.audit",
    "govern.outbox",
    "govern.letters",
    "govern.parties.models",
    "govern.people.models",
    "govern.forums.models",
    "govern.forums.house_models",
    "govern.cases.models",
    "govern.meetings.models",
    "govern.meetings.invitation_models",
    "govern.paragraphs.models",
    "govern.paragraphs.drafting_models",
    "govern.paragraphs.superseding_models",
    "govern.assignments.models",
    "govern.protocols.models",
    "govern.protocols.adjusting_models",
    "govern.protocols.dispatch_models",
    "govern.notices.models",
    "govern.notices.publishing_models",
    "govern.archive.watching_models",
    "govern.archive.models",
)


def load() -> None:
    """Import every module that declares tables."""
    for module in MODULES:
        import_module(module)
