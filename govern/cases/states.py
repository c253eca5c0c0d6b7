"""The states of a proposal and of a file's text, with their Swedish words."""

from govern.words import Word


class ProposalState(Word):
    """The state of a proposal."""

    DRAFT = "draft", "Utkast"
    READY = "ready", "Klar"


class TextState(Word):
    """The state of a file's text extraction for search."""

    WAITING = "waiting", "Texten läses"
    READ = "read", "Texten är sökbar"
    EMPTY = "empty", "Filen är en bild utan text och hittas på sitt namn"
    UNREADABLE = "unreadable", "Texten gick inte att läsa; filen hittas på sitt namn"
