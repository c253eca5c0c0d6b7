"""What the outbox does after a commit, each with its name in the database and what an administrator reads."""

from __future__ import annotations

from govern.words import Word


class Topic(Word):
    """A sort of work. Its handler is registered by the slice that does it; any slice upstream may ask for it."""

    INDEX = "index", "En paragraf till sökindexet"
    INDEX_MEETING = "meeting", "Ett mötes paragrafer till sökindexet"
    INDEX_FORUM = "forum", "Ett forums paragrafer till sökindexet"
    OVERDUE = "overdue", "Uppdrag som blivit försenade"
    REINDEX = "reindex", "Sökindexet byggs om"
    LETTER = "letter", "Ett brev"
    ONE_TIME_LINK = "one-time link", "En engångslänk mejlas"
    ACCOUNT_EVENT = "account event", "En ändring av ett konto mejlas"
    REMIND = "remind", "Påminnelser om ett möte"
    WATCH = "watch", "Sparade sökningar prövas"
    TELL = "tell", "Brev om en sparad sökning"
    READ = "read", "Texten i en fil läses"
    PACK = "pack", "En kallelses handlingar packas"
    BIND = "bind", "Ett mötes handlingar binds"
    ARCHIVE = "archive-stamp", "Tidsstämpel för arkivet"
    VERIFY = "verify", "En fil prövas"
    FORGET = "verify.forget", "Filer som har prövats tas bort"
