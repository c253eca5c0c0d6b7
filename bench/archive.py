"""An archive of sealed meetings to serve, and signed-in browsers to read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bench import years
from govern import schema
from govern.archive.searching import indexing
from govern.db import db
from govern.people.models import Account
from govern.protocols.models import Protocol
from tests import cast as casting
from tests.apps import open_app
from tests.crowd import cookies

MEETINGS, PARAGRAPHS, FORUMS = 400, 15, 4
QUERIES = ("avtal", "budget+2026", "skolan", "v%C3%A4xeln", "upphandling", "beslut+om+drift")


@dataclass(frozen=True, slots=True)
class Archive:
    """Pages to request, by kind, and the Cookie headers of browsers that may read all of them."""

    pages: dict[str, list[str]]
    cookies: list[str]

    @property
    def mixed(self) -> list[str]:
        """Every page, each kind equally often."""
        most = max(map(len, self.pages.values()))
        return [page for pages in self.pages.values() for page in (pages * most)[:most]]


def build(folder: Path, url: str = "", *, meetings: int = MEETINGS, browsers: int = 32) -> Archive:
    """Write `meetings` sealed meetings, index them, and sign in the secretary of all forums."""
    with open_app(folder, url) as app:
        schema.upgrade()
        cast = casting.assemble()
        years.write(cast, 1, forums=FORUMS, meetings=meetings // FORUMS, paragraphs=PARAGRAPHS)
        indexing.reindex()
        schema.analyse()
        secretary = db.session.scalars(select(Account).where(Account.email == cast.address_of("cilla"))).all()
        protocols = db.session.scalars(select(Protocol.id).order_by(Protocol.id.desc()).limit(40))
        pages = {
            "list": [f"/forum/{cast.forum.slug}"],
            "protocol": [f"/protokoll/{protocol}" for protocol in protocols],
            "search": [f"/sok?q={words}" for words in QUERIES],
        }
        return Archive(pages, cookies(app, secretary, browsers))
