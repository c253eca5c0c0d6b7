"""The states and kinds of a meeting, with their Swedish words."""

from govern.words import Word


class MeetingKind(Word):
    """What sort of meeting it is."""

    ORDINARY = "ordinary", "Ordinarie"
    EXTRA = "extra", "Extra"
    PER_CAPSULAM = "per_capsulam", "Per capsulam"


class MeetingMode(Word):
    """How people take part."""

    ON_SITE = "on_site", "På plats"
    REMOTE = "remote", "På distans"
    HYBRID = "hybrid", "På plats och på distans"


class MeetingState(Word):
    """How far the meeting has come."""

    PLANNED = "planned", "Planerat"
    CALLED = "called", "Kallat"
    OPEN = "open", "Pågår"
    CLOSED = "closed", "Avslutat"
    SEALED = "sealed", "Förseglat"
    CANCELLED = "cancelled", "Inställt"


class PackageState(Word):
    """How far the packing of a summons' papers has come."""

    WAITING = "waiting", "Handlingarna packas"
    READY = "ready", "Klart"
    FAILED = "failed", "Handlingarna kunde inte packas"


class InvitationMethod(Word):
    """What a letter with a calendar asks of its reader (RFC 5546)."""

    REQUEST = "request", "Inbjudan"
    CANCEL = "cancel", "Inställt"


HELD = (MeetingState.CLOSED, MeetingState.SEALED)
