"""Packing the papers of a sent summons in the background, as stored files: one PDF with bookmarks and one ZIP."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from govern import files, limited, record
from govern.db import commit_step, db, lock, pause
from govern.documents.binding.binder import Binder, Front, Paper, write_binder, write_zip
from govern.forums.house.queries import style_of
from govern.meetings.models import SummonsPackage
from govern.meetings.states import PackageState
from govern.swedish import long_date, moment

log = logging.getLogger(__name__)


def mark_failed(key: str | int) -> None:
    """Mark a package as failed unless it is ready; the summons' page shows that."""
    lock()
    package = db.session.get(SummonsPackage, int(key))
    if package is not None and package.state is not PackageState.READY:
        package.state = PackageState.FAILED
        commit_step()


def pack(keys: Sequence[str]) -> None:
    """Pack the packages that are not ready. No transaction is open meanwhile, so that no writer waits."""
    for key in keys:
        package = db.session.get(SummonsPackage, int(key))
        binder = bind(package) if package and package.state is not PackageState.READY else None
        pause()
        if binder is not None:
            _pack(int(key), binder)


def bind(package: SummonsPackage) -> Binder:
    """Return the contents of a package."""
    summons = package.summons
    meeting, forum = summons.meeting, package.forum
    papers = tuple(
        Paper(
            number=paper.item_number,
            item=paper.item_heading,
            title=paper.title,
            filename=paper.filename,
            media_type=paper.file.media_type,
            sha256=paper.sha256,
            size=paper.file.size,
            path=files.place(paper.sha256),
            withheld=None if package.confidential else _why(paper.confidential),
        )
        for paper in summons.papers
    )
    called = files.read(package.summons_sha256) if package.summons_sha256 else summons.pdf
    title = f"Kallelse {forum.name} {long_date(meeting.day)}"
    return Binder(
        title=title,
        author=forum.name,
        at=summons.sent_at,
        dated=f"Utskickade {moment(summons.sent_at)}",
        fronts=(Front(title="Kallelse", filename="Kallelse.pdf", data=called),),
        papers=papers,
        style=style_of(forum),
    )


def _why(reason: str | None) -> str | None:
    """Return the reason why a paper is withheld, as shown to those who do not sit in the forum."""
    return None if reason is None else record.section_of_law(reason) or record.WITHHELD


def _pack(package_id: int, binder: Binder) -> None:
    try:
        with TemporaryDirectory(dir=files.workshop()) as folder:
            pdf, packed = Path(folder) / "binder.pdf", Path(folder) / "binder.zip"
            write_binder(binder, pdf)
            write_zip(binder, packed)
            made = files.keep_file(pdf), files.keep_file(packed)
    except (limited.TooHeavy, limited.Crashed) as error:  # It would fail the same way each time.
        log.warning("package %s: %s", package_id, error.detail)
        mark_failed(str(package_id))
        return
    except Exception:
        with suppress(Exception):
            db.session.rollback()
            mark_failed(package_id)
        raise  # The outbox retries, with growing pauses.
    lock()
    package = db.session.get_one(SummonsPackage, package_id)
    (package.pdf_sha256, package.pdf_size), (package.zip_sha256, package.zip_size) = made
    package.state = PackageState.READY
    commit_step()
