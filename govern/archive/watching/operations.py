"""Save, rename, remove and restore searches, and turn their notifications and feeds on and off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from govern import audit, mail
from govern.archive.searching import asking
from govern.archive.states import Telling
from govern.archive.watching.models import SavedSearch, SearchNews
from govern.archive.watching.rules import LONGEST_NAME, Refusal, plain, refuse_saving
from govern.db import db, save_changes
from govern.errors import enforce
from govern.people.access import Right
from govern.people.models import Person

KEPT_FOR = timedelta(days=1)
"""How long a removed search can be restored."""


# --- Queries and access --------------------------------------------------------------------------------------


def saved_by(person: Person) -> Sequence[SavedSearch]:
    """Return a person's saved searches by name; a rule limits their number."""
    query = select(SavedSearch).where(SavedSearch.person_id == person.id, SavedSearch.removed_at.is_(None))
    return db.session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)).all()


def just_removed(person: Person, at: datetime) -> Sequence[SavedSearch]:
    """Return the searches that a person has removed and can restore, latest first."""
    query = select(SavedSearch).where(SavedSearch.person_id == person.id, SavedSearch.removed_at > at - KEPT_FOR)
    return db.session.scalars(query.order_by(SavedSearch.removed_at.desc()).limit(10)).all()


def saved_by_id(saved_id: int) -> SavedSearch | None:
    """Return a saved search, removed or not, or None."""
    return db.session.get(SavedSearch, saved_id)


def owns(person: Person | None, saved: SavedSearch) -> bool:
    """The owner of the saved search, and nobody else."""
    return person is not None and saved.person_id == person.id


OWNS = Right("owns_search", "Den sparade sökningen är någon annans.", owns)


# --- Operations ----------------------------------------------------------------------------------------------


def save(pairs: Iterable[Sequence[str]], name: str, telling: Telling, *, by: Person, at: datetime) -> SavedSearch:
    """Save a search under a name, by default a description of it.

    Raises:
        Refused: if the search has no conditions, the name is taken, or email cannot be sent.
    """
    kept = asking.kept(pairs)
    name = plain(name) or plain(asking.in_words(kept))[:LONGEST_NAME]
    asked = not asking.read(kept).empty
    enforce(refuse_saving(saved_by(by), name, telling, asked=asked, mails=_mails()), "name")
    row = SavedSearch(person=by, name=name, asked=kept, telling=telling, told_since=at, saved_at=at)
    db.session.add(row)
    audit.write("search.saved", row, by=by, at=at, telling=telling.value)
    save_changes()
    return row


def change(saved: SavedSearch, name: str, telling: Telling, *, by: Person, at: datetime) -> None:
    """Rename a saved search and choose when its owner is notified.

    Raises:
        Refused: if the name is missing or taken, email cannot be sent, or the search has been removed.
    """
    enforce(Refusal.GONE if saved.removed_at else None)
    name = plain(name)
    others = [other for other in saved_by(by) if other.id != saved.id]
    mails = _mails() or telling is saved.telling
    enforce(refuse_saving(others, name, telling, asked=True, mails=mails), "name")
    saved.name = name
    _set_notifications(saved, telling, at)
    audit.write("search.changed", saved, by=by, at=at, telling=telling.value)
    save_changes()


def stop_notifications(saved: SavedSearch, *, at: datetime) -> None:
    """Turn notifications off at the request of somebody with the link in an email, who need not sign in."""
    _set_notifications(saved, Telling.NEVER, at)
    audit.write("search.letters_ended", saved, by=saved.person, at=at)
    save_changes()


def _set_notifications(saved: SavedSearch, telling: Telling, at: datetime) -> None:
    """Change when the owner is notified.

    Turning notifications on or off discards the pending news and restarts `told_since`.
    """
    if Telling.NEVER in (saved.telling, telling):
        saved.told_since = at
        db.session.execute(delete(SearchNews).where(SearchNews.saved_id == saved.id, SearchNews.told_at.is_(None)))
    saved.telling = telling


def remove(saved: SavedSearch, *, by: Person, at: datetime) -> None:
    """Remove a saved search and stop its notifications and feed; it can be restored for a day."""
    gone = SavedSearch.person_id == by.id, SavedSearch.removed_at <= at - KEPT_FOR
    old = db.session.scalars(select(SavedSearch.id).where(*gone)).all()
    db.session.execute(delete(SearchNews).where(SearchNews.saved_id.in_(old)))
    db.session.execute(delete(SavedSearch).where(SavedSearch.id.in_(old)))
    saved.removed_at = at
    audit.write("search.removed", saved, by=by, at=at)
    save_changes()


def take_back(saved: SavedSearch, *, by: Person, at: datetime) -> None:
    """Restore a removed search; paragraphs sealed meanwhile are not news.

    Raises:
        Refused: if another search has taken its name.
    """
    enforce(refuse_saving(saved_by(by), saved.name, Telling.NEVER, asked=True, mails=True))
    saved.removed_at, saved.told_since = None, at
    audit.write("search.taken_back", saved, by=by, at=at)
    save_changes()


def open_feed(saved: SavedSearch, *, by: Person, at: datetime) -> None:
    """Give the search a feed at a new URL and invalidate the previous one.

    Raises:
        Refused: if the search has been removed.
    """
    enforce(Refusal.GONE if saved.removed_at else None)
    saved.feed, saved.feed_open = saved.feed + 1, True
    audit.write("search.feed_opened", saved, by=by, at=at)
    save_changes()


def close_feed(saved: SavedSearch, *, by: Person, at: datetime) -> None:
    """Close the feed."""
    saved.feed_open = False
    audit.write("search.feed_closed", saved, by=by, at=at)
    save_changes()


def _mails() -> bool:
    return mail.configured(current_app.config["GOVERN"])


# --- Tokens in URLs ------------------------------------------------------------------------------------------


def feed_token(saved: SavedSearch) -> str:
    """Return the token of the feed's URL; it is signed, so that nothing in the database grants access to it."""
    return str(_signer("feed").dumps([saved.id, saved.feed]))


def stop_token(saved: SavedSearch) -> str:
    """Return the token of the URL that turns notifications off and does nothing else."""
    return str(_signer("stop").dumps(saved.id))


def feed_by_token(token: str) -> SavedSearch | None:
    """Return the saved search whose feed has this token, if it is valid and the owner may sign in, or None."""
    read = _read("feed", token)
    if not (isinstance(read, list) and len(read) == 2):
        return None
    saved = _whole(read[0])
    live = saved is not None and saved.feed_open and saved.feed == read[1] and saved.removed_at is None
    return saved if live and saved is not None and can_be_notified(saved.person) else None


def stopped_by_token(token: str) -> SavedSearch | None:
    """Return the saved search whose notifications this token turns off, or None."""
    read = _read("stop", token)
    return _whole(read) if isinstance(read, int) else None


def can_be_notified(person: Person) -> bool:
    """Return whether a person has an account that is not disabled."""
    return person.account is not None and person.account.disabled_at is None


def _whole(saved_id: int) -> SavedSearch | None:
    owner = joinedload(SavedSearch.person).joinedload(Person.account)
    return db.session.scalar(select(SavedSearch).where(SavedSearch.id == saved_id).options(owner))


def _signer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"govern search {what}")


def _read(what: str, token: str) -> object:
    try:
        return _signer(what).loads(token)
    except BadSignature:
        return None
