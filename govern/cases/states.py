"""The states of a proposal and of a file's text, with their Swedish words."""

from govern.words import Word


class ProposalState(Word):
    """How far an officer's paper has come."""

    DRAFT = "draft", "Utkast"
    READY = "ready", "Klar"


class TextState(Word):
    """Whether the text of a file can be searched."""

    WAITING = "waiting", "Texten läses"
    READ = "read", "Texten är sökbar"
    EMPTY = "empty", "Filen är en bild utan text och hittas på sitt namn"
    UNREADABLE = "unreadable", "Texten gick inte att läsa; filen hittas på sitt namn"
