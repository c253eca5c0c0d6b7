"""A house style is chosen, its logo and base are brought in, and all of it goes back to what holds beneath."""

from __future__ import annotations

from datetime import datetime

from govern import audit, files
from govern.db import db, lock, pause, save_changes
from govern.documents.logo import LogoRefusal, written_logo
from govern.errors import Refused, enforce
from govern.forums.house.models import House
from govern.forums.house.queries import Layers, Owner, layers_of
from govern.forums.house.rules import Choices, differing, refuse_accent, refuse_header
from govern.forums.models import Forum
from govern.people.models import Person


def judge(choices: Choices) -> None:
    """Refuse choices that cannot be printed so that everyone can read it.

    Raises:
        Refused: when the colour is none or too pale, or the header text too long.
    """
    enforce(refuse_accent(choices.accent), "accent")
    enforce(refuse_header(choices.header_text), "header_text")


def choose(owner: Owner, choices: Choices, *, by: Person, at: datetime) -> None:
    """Keep what is chosen where it differs from what holds beneath; the rest follows on.

    Raises:
        Refused: as `judge`.
    """
    judge(choices)
    layers = layers_of(owner)
    own = differing(choices, layers.inherited)
    if own == layers.differs:
        return
    row = _own_row(layers)
    row.own = own
    _write(layers, row, "house.chosen", by, at, chosen=sorted(own))


def set_logo(owner: Owner, data: bytes, text: str, *, by: Person, at: datetime) -> None:
    """Let a logo stand at the head of the documents; without a file the one that is there gets another text.

    Raises:
        Refused: when it is no picture that can be printed, or has no text for those who cannot see it.
    """
    if not text.strip():
        raise Refused(LogoRefusal.NO_TEXT, "logo_alt")
    pause()
    made = written_logo(data) if data else b""
    if isinstance(made, LogoRefusal):
        raise Refused(made, "file")
    kept = files.keep(made) if made else ""
    lock()
    layers = layers_of(owner)
    if kept:
        sha256 = kept
    elif layers.logo is not None and layers.logo.logo:
        sha256 = layers.logo.logo
    else:
        raise Refused(LogoRefusal.NO_FILE, "file")
    row = _own_row(layers)
    row.logo, row.logo_alt = sha256, text.strip()
    _write(layers, row, "house.logo_set", by, at, sha256=sha256)


def drop_logo(owner: Owner, *, by: Person, at: datetime) -> None:
    """Let no logo stand there."""
    layers = layers_of(owner)
    row = _own_row(layers)
    row.logo, row.logo_alt = ("" if layers.beneath and layers.beneath.logo else None), ""
    _write(layers, row, "house.logo_dropped", by, at)


def set_base(owner: Owner, data: bytes, filename: str, *, by: Person, at: datetime) -> None:
    """Let the documents in Word be written on an own letterhead; a sample is written on it first.

    Raises:
        Refused: when the file is no plain DOCX, holds what it must not, or leaves the text too little room.
    """

    from govern.documents.word.ground import refuse_ground  # noqa: PLC0415 — loads python-docx.

    pause()
    enforce(refuse_ground(data), "file")
    sha256 = files.keep(data)
    lock()
    layers = layers_of(owner)
    row = _own_row(layers)
    row.base, row.base_name = sha256, filename.replace("\\", "/").rpartition("/")[2][:120]
    _write(layers, row, "house.base_set", by, at, sha256=row.base)


def drop_base(owner: Owner, *, by: Person, at: datetime) -> None:
    """Let the documents in Word be written on Govern's own base."""
    layers = layers_of(owner)
    row = _own_row(layers)
    row.base, row.base_name = ("" if layers.beneath and layers.beneath.base else None), ""
    _write(layers, row, "house.base_dropped", by, at)


def restore(owner: Owner, *, by: Person, at: datetime) -> None:
    """Go back to what holds beneath: the organisation's style for a forum, Govern's for an organisation."""
    row = layers_of(owner).own
    if row is not None:
        db.session.delete(row)
        audit.write("house.restored", owner, by=by, at=at)
    save_changes()


def _own_row(layers: Layers) -> House:
    if layers.own is not None:
        return layers.own
    owner = layers.owner
    if isinstance(owner, Forum):
        return House(collaboration_id=owner.collaboration_id, forum_id=owner.id)
    return House(collaboration_id=owner.id)


def _write(layers: Layers, row: House, action: str, by: Person, at: datetime, **facts: object) -> None:
    """Keep the layer, or take it away when it chooses nothing any more."""
    if row.own or row.logo is not None or row.base is not None:
        db.session.add(row)
    elif layers.own is not None:
        db.session.delete(row)
    audit.write(action, layers.owner, by=by, at=at, **facts)
    save_changes()
