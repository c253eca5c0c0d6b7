"""Pages for managing phrases: a forum's own by its secretary, the installation's defaults by an administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums.access import KEEPS
from govern.forums.models import Forum
from govern.forums.queries import forum_by_slug
from govern.paragraphs.drafting.models import Phrase
from govern.paragraphs.forms import PhraseForm
from govern.paragraphs.phrases import operations as phrases
from govern.paragraphs.phrases.rules import PLACEHOLDERS
from govern.people.access import ADMINISTRATOR, allow, me

pages = Blueprint("phrases", __name__)


@pages.route("/forum/<slug>/fraser", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def of_forum(forum: Forum) -> ResponseReturnValue:
    """List the phrases available to the forum, and add one of its own."""
    return _list(forum)


@pages.route("/installningar/fraser", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def defaults() -> ResponseReturnValue:
    """List the default phrases, and add one."""
    return _list(None)


def _list(forum: Forum | None) -> ResponseReturnValue:
    form = PhraseForm()
    phrase = form.try_(lambda: phrases.save_phrase(forum, None, form.facts(), by=me(), at=now()))
    if phrase:
        flash(f"”{phrase.name}” är tillagd.")
        return redirect(_address(forum), 303)
    own = phrases.phrases_of(forum)
    taken = {phrase.trigger for phrase in own}
    context = {
        "form": form,
        "forum": forum,
        "own": own,
        "inherited": [p for p in phrases.phrases_of(None) if p.trigger not in taken] if forum else [],
        "placeholders": PLACEHOLDERS,
    }
    return render_template("phrases/phrases.html", **context), 422 if form.is_submitted() else 200


def _address(forum: Forum | None) -> str:
    return url_for(".of_forum", slug=forum.slug) if forum else url_for(".defaults")


@pages.route("/forum/<slug>/fraser/<int:phrase_id>", methods=["GET", "POST"])
@allow(KEEPS, lambda slug, phrase_id: phrases.phrase_by_id(phrase_id, slug))
def change(phrase: Phrase) -> ResponseReturnValue:
    """Change one of the forum's own phrases."""
    return _change(phrase)


@pages.route("/installningar/fraser/<int:phrase_id>", methods=["GET", "POST"])
@allow(ADMINISTRATOR, phrases.phrase_by_id)
def change_default(phrase: Phrase) -> ResponseReturnValue:
    """Change a default phrase."""
    return _change(phrase)


def _change(phrase: Phrase) -> ResponseReturnValue:
    form = PhraseForm(obj=phrase)
    form.try_(lambda: phrases.save_phrase(phrase.forum, phrase, form.facts(), by=me(), at=now()))
    if form.done:
        flash("Sparat.")
        return redirect(_address(phrase.forum), 303)
    context = {"form": form, "forum": phrase.forum, "phrase": phrase, "placeholders": PLACEHOLDERS}
    return render_template("phrases/phrase.html", **context), 422 if form.is_submitted() else 200


@pages.post("/forum/<slug>/fraser/<int:phrase_id>/ta-bort")
@allow(KEEPS, lambda slug, phrase_id: phrases.phrase_by_id(phrase_id, slug))
def remove(phrase: Phrase) -> ResponseReturnValue:
    """Remove one of the forum's own phrases."""
    return _remove(phrase)


@pages.post("/installningar/fraser/<int:phrase_id>/ta-bort")
@allow(ADMINISTRATOR, phrases.phrase_by_id)
def remove_default(phrase: Phrase) -> ResponseReturnValue:
    """Remove a default phrase."""
    return _remove(phrase)


def _remove(phrase: Phrase) -> ResponseReturnValue:
    forum, name = phrase.forum, phrase.name
    phrases.remove_phrase(phrase, by=me(), at=now())
    flash(f"”{name}” är borttagen.")
    return redirect(_address(forum), 303)
