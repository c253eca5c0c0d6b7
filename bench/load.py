"""Measure errors and response times of a hundred people for two minutes on a real `govern run`, on both databases.

One person alone opens the same pages first; the ratios say how much longer a hundred wait.
"""

from __future__ import annotations

import tempfile
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
from tests.crowd import Crowd, cookies, visit
from tests.house import House
from tests.servers import running_postgres

PEOPLE, SECONDS, PAUSE, YEARS = 100, 120.0, 4.0, 1


def main() -> None:
    """Print the table."""
    with running_postgres(durable=True) as postgres:
        for kind, url in (("SQLite", ""), ("PostgreSQL", postgres.create("load"))):
            with tempfile.TemporaryDirectory() as folder:
                alone, many = measure(Path(folder) / "instance", url)
            print(
                f"{kind}: {len(many.waits)} pages by {PEOPLE} people in {SECONDS:.0f} s, {len(many.faults)} errors; "
                f"p50 {many.percentile(0.5) / alone.percentile(0.5):.1f} and "
                f"p95 {many.percentile(0.95) / alone.percentile(0.95):.1f} times an idle server's"
            )
            for fault in many.faults[:5]:
                print(f"  {fault}")


def measure(folder: Path, url: str, *, people: int = PEOPLE, seconds: float = SECONDS) -> tuple[Crowd, Crowd]:
    """Add a year of meetings to the cast, and open its pages as one person and then as many."""
    with open_app(folder, url) as app:
        schema.upgrade()
        cast = casting.assemble()
        years.write(cast, YEARS)
        indexing.reindex()
        accounts = db.session.scalars(select(Account)).all()
        protocols = db.session.scalars(select(Protocol.id).limit(20))
        pages = ["/", "/forum", "/uppdrag", "/anslagstavla", f"/forum/{cast.forum.slug}"]
        pages += [f"/sok?q={word}" for word in ("avtal", "budget+2026", "skolan", "v%C3%A4xeln", "upphandling")]
        pages += [f"/protokoll/{protocol}" for protocol in protocols]
        crowd = cookies(app, accounts, people)
    house = House(folder, url)
    with house.open():
        alone = visit(house.address, crowd[:1], pages, seconds=min(20.0, seconds), pause=0.05)
        many = visit(house.address, crowd, pages, seconds=seconds, pause=PAUSE)
    return alone, many


if __name__ == "__main__":
    main()
