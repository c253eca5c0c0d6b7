"""Cases are opened and files kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select

from govern import audit, files
from govern.bounds import one_line
from govern.cases import file_texts
from govern.cases.models import Attachment, Case, Proposal, StoredFile
from govern.cases.rules import ENDINGS, Refusal, ending_of, refuse_file
from govern.db import db, lock, pause, save_changes
from govern.errors import Refused, enforce
from govern.parties.models import Collaboration
from govern.people.models import Person
from govern.search.references import normalise
from govern.swedish import local_day


def open_case(collaboration: Collaboration, reference: str, heading: str, *, by: Person, at: datetime) -> Case:
    """Open a case under its registry number.

    Raises:
        Refused: when the number is blank or taken.
    """
    if case_of(collaboration, reference) is not None:
        raise Refused(Refusal.REFERENCE_TAKEN, "reference")
    case = find_or_open(collaboration, reference, heading, by=by, at=at)
    save_changes()
    return case


def case_of(collaboration: Collaboration, reference: str) -> Case | None:
    """Find the case that a reference names, in any spelling.

    Raises:
        Refused: when there is nothing to find by.
    """
    normalised = normalise(reference)
    if not normalised:
        raise Refused(Refusal.REFERENCE, "reference")
    query = select(Case).where(Case.collaboration_id == collaboration.id, Case.normalised == normalised)
    return db.session.scalar(query)


def find_or_open(collaboration: Collaboration, reference: str, heading: str, *, by: Person, at: datetime) -> Case:
    """Find the case of a reference or open it, within the caller's transaction."""
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
    """Keep a file and list it, in a transaction of its own that the caller goes on with, judges in, and commits.

    Raises:
        Refused: when the file is empty or of a kind that is not filed.
    """
    filename = one_line(PurePath(filename.replace("\\", "/")).name)[-200:]
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


def keep_secret(paper: Attachment | Proposal, reason: str | None) -> None:
    """Let a paper that leaves something secret take the secrecy along, within the caller's transaction."""
    paper.confidential = paper.confidential or reason


def keep_row(sha256: str, size: int, media_type: str, *, at: datetime) -> StoredFile:
    """Find the row of a kept file or make it, within the caller's transaction; its text is read afterwards."""
    file = db.session.get(StoredFile, sha256)
    if file is None:
        file = StoredFile(sha256=sha256, size=size, media_type=media_type)
        db.session.add(file)
        db.session.flush()
    file_texts.ask(file, at=at)
    return file
