"""The names and URLs of the rows that audit entries refer to.

Headings and titles are never used: they may be confidential, and administrators of every forum read the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from govern.cases.models import Attachment, Case, Proposal
from govern.db import db
from govern.forums.models import Forum, Seat
from govern.meetings.models import AgendaItem, Meeting
from govern.notices.models import Notice
from govern.paragraphs.models import Assignment, Paragraph
from govern.parties.models import Collaboration
from govern.people.models import Account, OneTimeLink, Person
from govern.protocols.models import Protocol, Signature
from govern.swedish import long_date

Name = tuple[str, str | None]
"""The name of a row and the URL of its page, if any."""


def names_of(targets: Iterable[str]) -> dict[str, Name]:
    """Return the names of targets (`table:id`), without those whose row or table is unknown."""
    wanted: dict[str, set[int]] = {}
    for target in targets:
        table, _, row_id = target.partition(":")
        if table in _NAMES and row_id.isdecimal():
            wanted.setdefault(table, set()).add(int(row_id))
    names: dict[str, Name] = {}
    for table, ids in wanted.items():
        model, options, name = _NAMES[table]
        for row in db.session.scalars(select(model).where(model.id.in_(ids)).options(*options)):
            names[f"{table}:{row.id}"] = name(row)
    return names


def _person(person: Person) -> Name:
    return person.name, url_for("people.person", person_id=person.id)


def _account(account: Account) -> Name:
    return account.person.name, url_for("accounts.account", person_id=account.person_id)


def _forum(forum: Forum) -> Name:
    return forum.name, url_for("archive.forum", slug=forum.slug)


def _meeting(meeting: Meeting) -> Name:
    return f"{meeting.forum.name} {long_date(meeting.day)}", url_for("meetings.agenda", meeting_id=meeting.id)


def _paragraph(paragraph: Paragraph) -> Name:
    address = url_for("paragraphs.paragraph", paragraph_id=paragraph.id)
    return f"{paragraph.label}, {_meeting(paragraph.meeting)[0]}", address


def _protocol(protocol: Protocol) -> Name:
    address = url_for("protocols.protocol", protocol_id=protocol.id)
    return f"{protocol.kind.label}, {_meeting(protocol.meeting)[0]}", address


_MEETING = joinedload(Meeting.forum)
_PARAGRAPH = joinedload(Paragraph.meeting).options(_MEETING)
_PROTOCOL = joinedload(Protocol.meeting).options(_MEETING)
_NAMES: dict[str, tuple[Any, Sequence[ExecutableOption], Callable[[Any], Name]]] = {
    "people": (Person, (), _person),
    "accounts": (Account, (joinedload(Account.person),), _account),
    "one_time_links": (
        OneTimeLink,
        (joinedload(OneTimeLink.account).options(joinedload(Account.person)),),
        lambda link: _account(link.account),
    ),
    "collaborations": (Collaboration, (), lambda row: (row.name, None)),
    "forums": (Forum, (), _forum),
    "seats": (
        Seat,
        (joinedload(Seat.forum), joinedload(Seat.person)),
        lambda seat: (f"{seat.person.name if seat.person else 'vakant'} i {seat.forum.name}", _forum(seat.forum)[1]),
    ),
    "cases": (Case, (), lambda case: (case.reference, url_for("archive.case", case_id=case.id))),
    "attachments": (
        Attachment,
        (),
        lambda row: (f"handling {row.id}", url_for("paragraphs.attachment", attachment_id=row.id)),
    ),
    "proposals": (
        Proposal,
        (joinedload(Proposal.forum),),
        lambda row: (f"till {row.forum.name}", url_for("proposals.proposal", proposal_id=row.id)),
    ),
    "meetings": (Meeting, (_MEETING,), _meeting),
    "agenda_items": (
        AgendaItem,
        (joinedload(AgendaItem.meeting).options(_MEETING),),
        lambda item: (f"{item.position}, {_meeting(item.meeting)[0]}", _meeting(item.meeting)[1]),
    ),
    "paragraphs": (Paragraph, (_PARAGRAPH,), _paragraph),
    "assignments": (
        Assignment,
        (joinedload(Assignment.paragraph).options(_PARAGRAPH),),
        lambda duty: (f"i {_paragraph(duty.paragraph)[0]}", _paragraph(duty.paragraph)[1]),
    ),
    "protocols": (Protocol, (_PROTOCOL,), _protocol),
    "signatures": (
        Signature,
        (joinedload(Signature.protocol).options(_PROTOCOL),),
        lambda signature: _protocol(signature.protocol),
    ),
    "notices": (
        Notice,
        (joinedload(Notice.protocol).options(_PROTOCOL),),
        lambda notice: (_protocol(notice.protocol)[0], url_for("notices.notice", notice_id=notice.id)),
    ),
}
