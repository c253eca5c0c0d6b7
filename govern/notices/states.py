"""The states of a notice."""

from govern.words import Word


class NoticeState(Word):
    """The state of a notice, derived from its postings and never stored."""

    PARTLY = "partly", "Väntar på alla anslagstavlor"
    UP = "up", "Anslaget"
    DUE = "due", "Kan tas ned"
    DOWN = "down", "Nedtaget"
    WITHDRAWN = "withdrawn", "Återkallat"
