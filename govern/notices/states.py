"""How a notice stands."""

from govern.words import Word


class NoticeState(Word):
    """Derived from where and when it was put up and taken down, never stored."""

    PARTLY = "partly", "Väntar på alla anslagstavlor"
    UP = "up", "Anslaget"
    DUE = "due", "Kan tas ned"
    DOWN = "down", "Nedtaget"
