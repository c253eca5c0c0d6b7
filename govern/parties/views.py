"""The pages on which administrators create and change collaborations and parties."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.parties import operations
from govern.parties.forms import CollaborationForm, PartyForm
from govern.parties.models import Collaboration, Party
from govern.parties.queries import collaboration_by_slug, collaborations_page, party_by_id
from govern.people.access import ADMINISTRATOR, allow, me
from govern.web.paging import asked_page

pages = Blueprint("parties", __name__, url_prefix="/installningar/samverkan")


@pages.get("")
@allow(ADMINISTRATOR)
def collaborations() -> ResponseReturnValue:
    """List the collaborations."""
    return render_template("parties/collaborations.html", page=collaborations_page(asked_page()))


@pages.route("/ny", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def new_collaboration() -> ResponseReturnValue:
    """Create a collaboration."""
    form = CollaborationForm()
    made = form.try_(
        lambda: operations.add_collaboration(
            form.name.data, form.org_number.data, form.purpose.data or "", by=me(), at=now()
        )
    )
    if made:
        flash(f"{made.name} är upplagd. Lägg till parterna.")
        return redirect(url_for(".collaboration", slug=made.slug), 303)
    return _page(form, "parties/collaboration_form.html", collaboration=None)


@pages.get("/<slug>")
@allow(ADMINISTRATOR, collaboration_by_slug)
def collaboration(collaboration: Collaboration) -> ResponseReturnValue:
    """Show a collaboration with its parties."""
    return render_template("parties/collaboration.html", collaboration=collaboration)


@pages.route("/<slug>/andra", methods=["GET", "POST"])
@allow(ADMINISTRATOR, collaboration_by_slug)
def change_collaboration(collaboration: Collaboration) -> ResponseReturnValue:
    """Change a collaboration."""
    form = CollaborationForm(obj=collaboration)
    form.try_(
        lambda: operations.change_collaboration(
            collaboration, form.name.data, form.org_number.data, form.purpose.data or "", by=me(), at=now()
        )
    )
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".collaboration", slug=collaboration.slug), 303)
    return _page(form, "parties/collaboration_form.html", collaboration=collaboration)


@pages.route("/<slug>/parter/ny", methods=["GET", "POST"])
@allow(ADMINISTRATOR, collaboration_by_slug)
def new_party(collaboration: Collaboration) -> ResponseReturnValue:
    """Add a party."""
    return _party(collaboration, None)


@pages.route("/<slug>/parter/<int:party_id>", methods=["GET", "POST"])
@allow(ADMINISTRATOR, party_by_id)
def party(party: Party) -> ResponseReturnValue:
    """Change a party."""
    return _party(party.collaboration, party)


def _party(collaboration: Collaboration, party: Party | None) -> ResponseReturnValue:
    form = PartyForm(obj=party)
    saved = form.try_(
        lambda: operations.save_party(
            collaboration,
            party,
            name=form.name.data,
            short_name=form.short_name.data or "",
            org_number=form.org_number.data,
            population=form.population.data,
            host=form.host.data,
            email=form.email.data or "",
            by=me(),
            at=now(),
        )
    )
    if saved:
        flash(f"{saved.name} är sparad.")
        return redirect(url_for(".collaboration", slug=collaboration.slug), 303)
    return _page(form, "parties/party_form.html", collaboration=collaboration, party=party)


def _page(form: CollaborationForm | PartyForm, template: str, **context: object) -> ResponseReturnValue:
    return render_template(template, form=form, **context), 422 if form.is_submitted() else 200
