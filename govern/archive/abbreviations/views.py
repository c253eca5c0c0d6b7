"""The page on which administrators add and change abbreviations."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from govern.archive.abbreviations import operations as abbreviations
from govern.archive.abbreviations import queries as known
from govern.archive.abbreviations.forms import AbbreviationForm
from govern.archive.abbreviations.models import Abbreviation
from govern.db import now
from govern.people.access import ADMINISTRATOR, allow, me

pages = Blueprint("abbreviations", __name__)


@pages.route("/installningar/forkortningar", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Show the abbreviations; add or change one."""
    form = AbbreviationForm()
    saved = form.try_(lambda: abbreviations.save(form.short.data, form.long.data or "", by=me(), at=now()))
    if saved:
        flash(f"{saved} är sparad och gäller från nästa sökning.")
        return redirect(url_for(".listing"), 303)
    context = {"form": form, "listed": known.listed()}
    return render_template("search/abbreviations.html", **context), 422 if form.is_submitted() else 200


@pages.post("/installningar/forkortningar/<short>/ta-bort")
@allow(ADMINISTRATOR, known.by_short)
def remove(row: Abbreviation) -> ResponseReturnValue:
    """Remove one of the installation's own abbreviations."""
    abbreviations.remove(row, by=me(), at=now())
    flash(f"{row.short} är borttagen.")
    return redirect(url_for(".listing"), 303)
