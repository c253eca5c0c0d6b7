"""How an assignment stands."""

from govern.words import Word


class AssignmentState(Word):
    """Derived from what was reported and whether the forum has closed it, never stored."""

    OPEN = "open", "Pågår"
    LATE = "late", "Försenat"
    REPORTED = "reported", "Väntar på att avslutas"
    CLOSED = "closed", "Avslutat"


class Closing(Word):
    """Why a forum closed an assignment."""

    DONE = "done", "Utfört"
    WRITTEN_OFF = "written_off", "Avskrivet"
