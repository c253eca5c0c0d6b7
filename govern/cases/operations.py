"""Opening cases and storing files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from govern import audit, files
from govern.cases import file_texts
from govern.cases.models import Attachment, Case, Proposal, StoredFile
from govern.cases.rules import ENDINGS, Refusal, ending_of, refuse_file
from govern.db import db, lock, pause, save_changes
from govern.errors import Refused, enforce
from govern.filenames import own_name
from govern.parties.models import Collaboration
from govern.people.models import Person
from govern.search.references import normalise
from govern.swedish import local_day


def open_case(collaboration: Collaboration, reference: str, heading: str, *, by: Person, at: datetime) -> Case:
    """Open a case under its registry number.

    Raises:
        Refused: if the number is blank or taken.
    """
    if case_of(collaboration, reference) is not None:
        raise Refused(Refusal.REFERENCE_TAKEN, "reference")
    case = find_or_open(collaboration, reference, heading, by=by, at=at)
    save_changes()
    return case


def case_of(collaboration: Collaboration, reference: str) -> Case | None:
    """Return the case with a registry number, in any spelling, or None.

    Raises:
        Refused: if the reference is blank.
    """
    normalised = normalise(reference)
    if not normalised:
        raise Refused(Refusal.REFERENCE, "reference")
    query = select(Case).where(Case.collaboration_id == collaboration.id, Case.normalised == normalised)
    return db.session.scalar(query)


def find_or_open(collaboration: Collaboration, reference: str, heading: str, *, by: Person, at: datetime) -> Case:
    """Return the case with a registry number, opening it if needed, in the caller's transaction."""
    case = case_of(collaboration, reference)
    if case is None:
        case = Case(
            collaboration=collaboration,
            reference=reference.strip(),
            normalised=normalise(reference),
            heading=heading,
            opened_on=local_day(at),
        )
        db.session.add(case)
        audit.write("case.opened", case, by=by, at=at)
    return case


def attach(
    filename: str, data: bytes, title: str, *, confidential: str | None = None, by: Person, at: datetime
) -> Attachment:
    """Store a file and add an attachment for it, in a new transaction that holds the write lock.

    The caller's transaction is ended first, so that no writer waits for the disk. The caller then repeats its checks,
    lists the attachment and commits.

    Raises:
        Refused: if the file is empty, of a type that is not accepted, or not of the type that its name says.
    """
    filename = own_name(filename)
    enforce(refuse_file(filename, data), "file")
    pause()
    sha256 = files.keep(data)
    lock()
    keep_row(sha256, len(data), ENDINGS[ending_of(filename)], at=at)
    attachment = Attachment(
        sha256=sha256,
        title=title.strip() or filename,
        filename=filename,
        confidential=confidential,
        added_at=at,
        added_by_id=by.id,
    )
    db.session.add(attachment)
    audit.write("file.attached", attachment, by=by, at=at, sha256=sha256)
    return attachment


def inherit_secrecy(paper: Attachment | Proposal, reason: str | None) -> None:
    """Give a paper that is removed from a secret place that place's reason, unless it has one; the caller commits."""
    paper.confidential = paper.confidential or reason


def keep_row(sha256: str, size: int, media_type: str, *, at: datetime) -> StoredFile:
    """Return the row of a stored file, adding it if needed, in the caller's transaction; queue its text extraction."""
    file = db.session.get(StoredFile, sha256)
    if file is None:
        file = StoredFile(sha256=sha256, size=size, media_type=media_type)
        db.session.add(file)
        db.session.flush()
    file_texts.ask(file, at=at)
    return file
