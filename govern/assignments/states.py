"""The states of an assignment and the reasons for closing it, with their Swedish words."""

from govern.words import Word


class AssignmentState(Word):
    """The state of an assignment, derived from its reports, closing and due day, and never stored."""

    OPEN = "open", "Pågår"
    LATE = "late", "Försenat"
    REPORTED = "reported", "Väntar på att avslutas"
    CLOSED = "closed", "Avslutat"


class Closing(Word):
    """Why an assignment is closed."""

    DONE = "done", "Utfört"
    WRITTEN_OFF = "written_off", "Avskrivet"
