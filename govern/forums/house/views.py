"""Pages for choosing the house style, with a preview, the logo, and the base Word document.

The blueprint is registered twice, for a forum and for a collaboration (see `govern/forums/register.py`).
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern import files
from govern.db import now
from govern.documents.binding.convert import Unconvertible, office_off
from govern.documents.papers.files import protocol_docx, protocol_pdf
from govern.documents.papers.sample import sample
from govern.forums.access import STYLES
from govern.forums.house import operations as house_operations
from govern.forums.house.forms import BaseForm, HouseForm, LogoForm
from govern.forums.house.queries import Layers, Owner, layers_of
from govern.forums.house.rules import Choices
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug
from govern.media import MEDIA
from govern.parties.queries import collaboration_by_slug
from govern.people.access import allow, me
from govern.record import ProtocolRecord

pages = Blueprint("house", __name__)

MOST_SHOWN = 5
"""How many pages of the sample are shown: cover, signatures, contents and the first paragraphs."""


def owner_by(whose: str, slug: str) -> Owner | None:
    """Return the forum or the collaboration whose style it is."""
    return forum_by_slug(slug) if whose == "forum" else collaboration_by_slug(slug)


@pages.route("", methods=["GET", "POST"])
@allow(STYLES, owner_by)
def style(owner: Owner) -> ResponseReturnValue:
    """Show and change the house style."""
    layers = layers_of(owner)
    form = HouseForm.showing(layers.choices)
    form.try_(lambda: house_operations.choose(owner, form.choices(), by=me(), at=now()))
    if form.done:
        flash("Sparat. Nya dokument får det här utseendet; förseglade protokoll ändras inte.")
        return redirect(_url(owner, ".style"), 303)
    return _style_page(layers, form, None), 422 if form.is_submitted() else 200


@pages.post("/forhandsvisning")
@allow(STYLES, owner_by)
def preview(owner: Owner) -> ResponseReturnValue:
    """Show the sample's first pages with the submitted choices; an htmx request gets only the pages."""
    layers = layers_of(owner)
    form = HouseForm.showing(layers.choices)
    shown = form.try_(lambda: _pages(layers, form.choices()))
    if "HX-Request" in request.headers:
        return render_template("forums/house_pages.html", shown=shown, sentences=form.sentences)
    return _style_page(layers, form, shown), 200 if form.done else 422


def _style_page(layers: Layers, form: HouseForm, shown: list[str] | None) -> str:
    return render_template("forums/house.html", **_about(layers), form=form, shown=shown)


def _about(layers: Layers) -> dict[str, object]:
    owner = layers.owner
    forum = owner if isinstance(owner, Forum) else None
    return {"layers": layers, "owner": owner, "forum": forum, "collaboration": forum.collaboration if forum else owner}


def _pages(layers: Layers, choices: Choices) -> list[str]:
    from govern.documents.binding.pictures import pictures  # noqa: PLC0415 — loads Pillow and PDFium.

    house_operations.check_choices(choices)
    return _data(
        pictures(protocol_pdf(_sample(layers.owner), layers.style(choices), signature_fields=False), MOST_SHOWN)
    )


def _sample(owner: Owner) -> ProtocolRecord:
    if isinstance(owner, Forum):
        return sample(owner.legal_body, owner.name)
    return sample(owner.name, "")


def _data(drawn: list[bytes]) -> list[str]:
    return [f"data:image/png;base64,{b64encode(png).decode()}" for png in drawn]


@pages.post("/aterstall")
@allow(STYLES, owner_by)
def restore(owner: Owner) -> ResponseReturnValue:
    """Reset the style to what is inherited."""
    house_operations.restore(owner, by=me(), at=now())
    flash(
        "Återställt. " + ("Forumet följer organisationen." if isinstance(owner, Forum) else "Governs utseende gäller.")
    )
    return redirect(_url(owner, ".style"), 303)


# --- The logo ---


@pages.route("/logotyp", methods=["GET", "POST"])
@allow(STYLES, owner_by)
def logo(owner: Owner) -> ResponseReturnValue:
    """Upload a logo, or change its text alternative."""
    layers = layers_of(owner)
    form = LogoForm(logo_alt=layers.logo.logo_alt if layers.logo else "")
    form.try_(lambda: house_operations.set_logo(owner, _uploaded(), form.logo_alt.data or "", by=me(), at=now()))
    if form.done:
        flash("Logotypen är sparad.")
        return redirect(_url(owner, ".logo"), 303)
    page = render_template("forums/house_logo.html", **_about(layers), form=form)
    return page, 422 if form.is_submitted() else 200


def _uploaded() -> bytes:
    file = request.files.get("file")
    return file.read() if file else b""


@pages.get("/logotyp.png")
@allow(STYLES, owner_by)
def logo_picture(owner: Owner) -> ResponseReturnValue:
    """Return the logo in force, always as a PNG written by Govern."""
    row = layers_of(owner).logo
    if row is None or not row.logo:
        abort(404)
    return send_file(BytesIO(files.read(row.logo)), "image/png", etag=row.logo)


@pages.post("/logotyp/ta-bort")
@allow(STYLES, owner_by)
def drop_logo(owner: Owner) -> ResponseReturnValue:
    """Remove the logo."""
    house_operations.drop_logo(owner, by=me(), at=now())
    flash("Logotypen är borttagen.")
    return redirect(_url(owner, ".logo"), 303)


# --- The base Word document ---


@pages.route("/word", methods=["GET", "POST"])
@allow(STYLES, owner_by)
def base(owner: Owner) -> ResponseReturnValue:
    """Upload the base DOCX, and show what of it is used."""
    from govern.documents.word.own_base import OwnBase  # noqa: PLC0415 — loads python-docx.

    form = BaseForm()
    name = request.files["file"].filename if "file" in request.files else ""
    form.try_(lambda: house_operations.set_base(owner, _uploaded(), name or "", by=me(), at=now()))
    if form.done:
        flash("Word-dokumentet är sparat. Här nedanför står vad som används av det.")
        return redirect(_url(owner, ".base"), 303)
    layers = layers_of(owner)
    data = files.read(layers.base.base) if layers.base and layers.base.base else None
    page = render_template(
        "forums/house_base.html",
        **_about(layers),
        form=form,
        findings=OwnBase(data, layers.choices.accent).findings if data else None,
        office_off=office_off(),
    )
    return page, 422 if form.is_submitted() else 200


@pages.get("/word/prov.docx")
@allow(STYLES, owner_by)
def sample_docx(owner: Owner) -> ResponseReturnValue:
    """Download a sample protocol as DOCX."""
    made = protocol_docx(_sample(owner), layers_of(owner).style())
    return send_file(BytesIO(made), MEDIA["docx"], as_attachment=True, download_name="prov.docx")


@pages.get("/word/sidor")
@allow(STYLES, owner_by)
def base_pages(owner: Owner) -> ResponseReturnValue:
    """Show the sample DOCX's first pages as rendered by LibreOffice; an htmx request gets only the pages."""
    from govern.documents.binding.pictures import office_pictures  # noqa: PLC0415 — loads Pillow and PDFium.

    layers = layers_of(owner)
    shown: list[str] = []
    sentences: list[str] = []
    try:
        shown = _data(office_pictures(protocol_docx(_sample(owner), layers.style()), MOST_SHOWN))
    except Unconvertible as error:
        sentences = [str(error)]
    template = "forums/house_pages.html" if "HX-Request" in request.headers else "forums/house_base_pages.html"
    return render_template(template, **_about(layers), shown=shown, sentences=sentences)


@pages.post("/word/ta-bort")
@allow(STYLES, owner_by)
def drop_base(owner: Owner) -> ResponseReturnValue:
    """Remove the base document, so that Govern's own is used."""
    house_operations.drop_base(owner, by=me(), at=now())
    flash("Dokumenten i Word skrivs på Governs eget brevpapper.")
    return redirect(_url(owner, ".base"), 303)


def _url(owner: Owner, endpoint: str) -> str:
    return url_for(endpoint, slug=owner.slug)
