"""Choosing a house style, setting its logo and base document, and resetting it to what is inherited."""

from __future__ import annotations

from datetime import datetime

from govern import audit, files
from govern.db import db, lock, pause, save_changes
from govern.documents.logo import LogoRefusal, written_logo
from govern.errors import Refused, enforce
from govern.filenames import own_name
from govern.forums.house.models import House
from govern.forums.house.queries import Layers, Owner, layers_of
from govern.forums.house.rules import Choices, differing, refuse_accent, refuse_header
from govern.forums.models import Forum
from govern.people.models import Person


def check_choices(choices: Choices) -> None:
    """Check that choices can be printed legibly.

    Raises:
        Refused: if the accent is not a colour or has too little contrast, or the header text is too long.
    """
    enforce(refuse_accent(choices.accent), "accent")
    enforce(refuse_header(choices.header_text), "header_text")


def choose(owner: Owner, choices: Choices, *, by: Person, at: datetime) -> None:
    """Store the choices that differ from the inherited ones; the others keep following these.

    Raises:
        Refused: if `judge` refuses the choices.
    """
    check_choices(choices)
    layers = layers_of(owner)
    own = differing(choices, layers.inherited)
    if own == layers.differs:
        return
    row = _own_row(layers)
    row.own = own
    _write(layers, row, "house.chosen", by, at, chosen=sorted(own))


def set_logo(owner: Owner, data: bytes, text: str, *, by: Person, at: datetime) -> None:
    """Set the logo at the head of the documents; with empty `data` only change the text alternative of the current one.

    Raises:
        Refused: if the file is not a printable image, there is neither a file nor a logo, or the text is blank.
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
    """Remove the logo, and override an inherited one with none."""
    layers = layers_of(owner)
    row = _own_row(layers)
    row.logo, row.logo_alt = ("" if layers.beneath and layers.beneath.logo else None), ""
    _write(layers, row, "house.logo_dropped", by, at)


def set_base(owner: Owner, data: bytes, filename: str, *, by: Person, at: datetime) -> None:
    """Set the DOCX on whose letterhead Word documents are written, after writing a sample on it.

    Raises:
        Refused: if the file is not a plain DOCX, has disallowed content, or leaves too little room for the text.
    """

    from govern.documents.word.base_check import refuse_unusable_base  # noqa: PLC0415 — loads python-docx.

    pause()
    enforce(refuse_unusable_base(data), "file")
    sha256 = files.keep(data)
    lock()
    layers = layers_of(owner)
    row = _own_row(layers)
    row.base, row.base_name = sha256, own_name(filename)
    _write(layers, row, "house.base_set", by, at, sha256=row.base)


def drop_base(owner: Owner, *, by: Person, at: datetime) -> None:
    """Remove the base document, and override an inherited one with none: Govern's own is used."""
    layers = layers_of(owner)
    row = _own_row(layers)
    row.base, row.base_name = ("" if layers.beneath and layers.beneath.base else None), ""
    _write(layers, row, "house.base_dropped", by, at)


def restore(owner: Owner, *, by: Person, at: datetime) -> None:
    """Reset to what is inherited: the collaboration's style for a forum, Govern's for a collaboration."""
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
    """Store the layer, or delete it if it chooses nothing."""
    if row.own or row.logo is not None or row.base is not None:
        db.session.add(row)
    elif layers.own is not None:
        db.session.delete(row)
    audit.write(action, layers.owner, by=by, at=at, **facts)
    save_changes()
