"""The topics of the outbox, each with its name in the database and its name for an administrator."""

from __future__ import annotations

from govern.words import Word


class Topic(Word):
    """A kind of work. The slice that does it registers the handler; any slice upstream may enqueue it."""

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
