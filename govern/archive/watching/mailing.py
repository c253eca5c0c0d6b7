"""Notify the owners of saved searches of new hits, which are found at sealing and mailed at once or in the morning.

Only sealed and open paragraphs are mailed, to anyone, and the owner's access is checked again when the email is
written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from urllib.parse import urljoin

from flask import current_app, url_for
from sqlalchemy import exists, select, update
from sqlalchemy.orm import joinedload

from govern import mail, outbox
from govern.archive.searching import asking
from govern.archive.searching.passages import readers_of
from govern.archive.states import Telling
from govern.archive.watching import operations as watching
from govern.archive.watching.models import SavedSearch, SearchNews
from govern.archive.watching.queries import terms_of
from govern.db import commit_step, db, now
from govern.meetings.models import Meeting
from govern.outbox import OutboxEntry
from govern.paragraphs.models import Paragraph
from govern.paragraphs.superseding import operations as superseding
from govern.people.models import Person
from govern.protocols.models import Protocol
from govern.swedish import SWEDEN, long_date
from govern.topics import Topic

AGAIN = timedelta(seconds=20)  # The delay before retrying paragraphs that are not indexed yet, which is rare.
MORNING = time(7)
MOST_HITS = 2000  # Hits read per forum and year.
MOST_LINES = 20


def record_hits(keys: Sequence[str]) -> None:
    """Record which saved searches match these paragraphs, which were sealed, or re-indexed after sealing."""
    ids = {int(key) for key in keys}
    if _not_indexed(ids):
        for key in keys:
            outbox.enqueue(Topic.WATCH, key, at=now(), due=now() + AGAIN)
        commit_step()
        return
    found = list(_found(ids))  # If the index cannot be read, the outbox retries.
    at = now()
    for saved, paragraph_id in found:
        db.session.add(SearchNews(saved=saved, paragraph_id=paragraph_id, found_at=at))
    for saved in dict.fromkeys(saved for saved, _ in found):
        outbox.enqueue(Topic.TELL, saved.id, at=at, due=at if saved.telling is Telling.AT_ONCE else morning_after(at))
    commit_step()


def _not_indexed(ids: set[int]) -> bool:
    keys = [str(id_) for id_ in ids]
    query = select(OutboxEntry.id).where(OutboxEntry.topic == Topic.INDEX, outbox.waits())
    return db.session.scalar(query.where(OutboxEntry.key.in_(keys)).limit(1)) is not None


def _found(ids: set[int]) -> Iterator[tuple[SavedSearch, int]]:
    """Yield saved searches and the open paragraphs that they match, sealed since `told_since` and not yet recorded."""
    imported = exists().where(Protocol.meeting_id == Meeting.id, Protocol.imported)
    query = select(Paragraph).join(Meeting, Meeting.id == Paragraph.meeting_id).where(Paragraph.id.in_(ids))
    query = query.where(Meeting.sealed_at.is_not(None), Paragraph.confidential.is_(None), ~imported)
    groups: dict[tuple[str, int], dict[int, Paragraph]] = {}
    for paragraph in db.session.scalars(query.options(joinedload(Paragraph.meeting).joinedload(Meeting.forum))):
        meeting = paragraph.meeting
        groups.setdefault((meeting.forum.slug, meeting.day.year), {})[paragraph.id] = paragraph
    if not groups:
        return
    query_ = select(SavedSearch).where(SavedSearch.telling != Telling.NEVER, SavedSearch.removed_at.is_(None))
    for saved in db.session.scalars(query_.options(joinedload(SavedSearch.person).joinedload(Person.account))).all():
        terms, asked = terms_of(saved.person), asking.read(saved.asked)
        for (slug, year), group in groups.items():
            wanted = {id_ for id_, p in group.items() if _is_news(p, saved, terms)} - _known(saved, group)
            filters = {facet: set(values) for facet, values in asked.filters.items()}
            inside = slug in filters.get("forum", {slug}) and str(year) in filters.get("year", {str(year)})
            if wanted and inside:
                filters |= {"forum": {slug}, "year": {str(year)}}
                hits = asking.every(asked, terms, most=MOST_HITS, filters=filters)
                yield from ((saved, id_) for id_ in hits if id_ in wanted)


def _is_news(paragraph: Paragraph, saved: SavedSearch, terms: set[str]) -> bool:
    sealed_at = paragraph.meeting.sealed_at
    return sealed_at is not None and sealed_at >= saved.told_since and bool(readers_of(paragraph) & terms)


def _known(saved: SavedSearch, group: dict[int, Paragraph]) -> set[int]:
    query = select(SearchNews.paragraph_id).where(SearchNews.saved_id == saved.id, SearchNews.paragraph_id.in_(group))
    return set(db.session.scalars(query))


def morning_after(at: datetime) -> datetime:
    """Return when the next morning's emails are sent."""
    local = at.astimezone(SWEDEN)
    today = datetime.combine(local.date(), MORNING, SWEDEN)
    return today if local < today else datetime.combine(local.date() + timedelta(days=1), MORNING, SWEDEN)


# --- The email -----------------------------------------------------------------------------------------------


def mail_hits(keys: Sequence[str]) -> None:
    """Mail each saved search's owner the hits that they have not been notified of, one email per search."""
    settings = current_app.config["GOVERN"]
    for key in keys:
        saved = watching.saved_by_id(int(key))
        if saved is None or saved.removed_at or saved.telling is Telling.NEVER or not mail.configured(settings):
            continue
        news = _unsent_news(saved)
        account = saved.person.account
        if news and account is not None and watching.can_be_notified(saved.person):
            subject, text, stop = _letter(saved, [row.paragraph for row in news])
            shown, address = [row.id for row in news], saved.person.email or account.email
            commit_step()  # Release the write lock before talking to a mail server, which may be slow.
            message = f"govern-search-{key}-{max(shown)}"
            mail.send(settings, address, subject, text, key=message, at=now(), unsubscribe=stop)
            db.session.execute(update(SearchNews).where(SearchNews.id.in_(shown)).values(told_at=now()))
        commit_step()


def _unsent_news(saved: SavedSearch) -> list[SearchNews]:
    """Return the news that the owner may read now, and delete the news that they no longer may read."""
    terms = terms_of(saved.person)
    query = select(SearchNews).where(SearchNews.saved_id == saved.id, SearchNews.told_at.is_(None))
    where = joinedload(SearchNews.paragraph).joinedload(Paragraph.meeting).joinedload(Meeting.forum)
    query = query.join(SearchNews.paragraph).join(Paragraph.meeting)
    shown = []
    for row in db.session.scalars(query.options(where).order_by(Meeting.day.desc(), Paragraph.number)).all():
        if readers_of(row.paragraph) & terms:
            shown.append(row)
        else:
            db.session.delete(row)
    return shown


def _letter(saved: SavedSearch, paragraphs: Sequence[Paragraph]) -> tuple[str, str, str]:
    base = current_app.config["GOVERN"].base_url
    with current_app.test_request_context(base_url=base):
        lines = [_line(paragraph, base) for paragraph in paragraphs[:MOST_LINES]]
        result = f"{urljoin(base, url_for('search.search'))}?{asking.address(saved.asked)}"
        stop = urljoin(base, url_for("watching.stop", token=watching.stop_token(saved)))
    count = len(paragraphs)
    what = "1 ny paragraf" if count == 1 else f"{count} nya paragrafer"
    more = [f"… och {count - MOST_LINES} till."] if count > MOST_LINES else []
    text = "\n\n".join(
        [
            "Hej!",
            f"Din sparade sökning ”{saved.name}” har {what}.",
            *lines,
            *more,
            f"Hela resultatet: {result}",
            f"Vill du inte ha de här breven? {stop}",
            "Govern",
        ]
    )
    return f"{saved.name}: {what}", f"{text}\n", stop


def _line(paragraph: Paragraph, base: str) -> str:
    heading = " ".join(paragraph.heading.split())
    where = f"{paragraph.forum.name}, {long_date(paragraph.meeting.day)}"
    return f"{paragraph.label} {heading}\n{where}\n{urljoin(base, superseding.address(paragraph))}"
