"""The states and kinds of a meeting, with their Swedish words."""

from govern.words import Word


class MeetingKind(Word):
    """The kind of a meeting."""

    ORDINARY = "ordinary", "Ordinarie"
    EXTRA = "extra", "Extra"
    PER_CAPSULAM = "per_capsulam", "Per capsulam"


class MeetingMode(Word):
    """How people take part in a meeting."""

    ON_SITE = "on_site", "På plats"
    REMOTE = "remote", "På distans"
    HYBRID = "hybrid", "På plats och på distans"


class MeetingState(Word):
    """A meeting's stage."""

    PLANNED = "planned", "Planerat"
    CALLED = "called", "Kallat"
    OPEN = "open", "Pågår"
    CLOSED = "closed", "Avslutat"
    SEALED = "sealed", "Förseglat"
    CANCELLED = "cancelled", "Inställt"


class PackageState(Word):
    """The progress of packing a summons' papers."""

    WAITING = "waiting", "Handlingarna packas"
    READY = "ready", "Klart"
    FAILED = "failed", "Handlingarna kunde inte packas"


class InvitationMethod(Word):
    """The iCalendar method of a letter (RFC 5546)."""

    REQUEST = "request", "Inbjudan"
    CANCEL = "cancel", "Inställt"


HELD = (MeetingState.CLOSED, MeetingState.SEALED)
NOT_OPENED = (MeetingState.PLANNED, MeetingState.CALLED)
AHEAD = (*NOT_OPENED, MeetingState.OPEN)
