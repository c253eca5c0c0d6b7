"""The pages of saved searches, their feeds, and the link in an email that turns notifications off."""

from __future__ import annotations

from urllib.parse import urljoin

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern import mail
from govern.archive.searching import asking, indexing
from govern.archive.states import Telling
from govern.archive.watching import operations as watching
from govern.archive.watching.forms import SaveForm
from govern.archive.watching.models import SavedSearch
from govern.archive.watching.operations import OWNS, feed_by_token, saved_by_id, stopped_by_token
from govern.db import now
from govern.people.access import ANYONE, SIGNED_IN, allow, me
from govern.search import SearchUnavailable

pages = Blueprint("watching", __name__)


@pages.get("/sok/sparade")
@allow(SIGNED_IN)
def searches() -> ResponseReturnValue:
    """List the user's saved searches."""
    rows = [(saved, asking.in_words(saved.asked), asking.address(saved.asked)) for saved in watching.saved_by(me())]
    return render_template("search/saved.html", rows=rows, removed=watching.just_removed(me(), now()))


@pages.route("/sok/spara", methods=["GET", "POST"])
@allow(SIGNED_IN)
def save() -> ResponseReturnValue:
    """Save the search in the URL."""
    form, pairs = SaveForm(), asking.kept(request.args.items(multi=True))
    saved = form.try_(lambda: watching.save(pairs, form.name.data or "", form.telling.data, by=me(), at=now()))
    if saved:
        flash(f"Sökningen ”{saved.name}” är sparad.")
        return redirect(url_for(".searches"), 303)
    if not form.is_submitted():
        form.name.data = asking.in_words(pairs)
    return _form_page(form, None, asking.in_words(pairs))


@pages.route("/sok/sparade/<int:saved_id>", methods=["GET", "POST"])
@allow(OWNS, saved_by_id)
def saved(saved: SavedSearch) -> ResponseReturnValue:
    """Rename a saved search, choose when to be notified, and manage its feed."""
    if saved.removed_at:
        return redirect(url_for(".searches"), 303)
    form = SaveForm(obj=saved)
    form.try_(lambda: watching.change(saved, form.name.data or "", form.telling.data, by=me(), at=now()))
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".searches"), 303)
    return _form_page(form, saved, asking.in_words(saved.asked))


def _form_page(form: SaveForm, saved: SavedSearch | None, asked: str) -> ResponseReturnValue:
    page = render_template(
        "search/saved_form.html",
        form=form,
        saved=saved,
        asked=asked,
        mails=mail.configured(current_app.config["GOVERN"]),
        feed_url=_feed_url(saved) if saved and saved.feed_open else None,
    )
    return page, 422 if request.method == "POST" else 200


def _feed_url(saved: SavedSearch) -> str:
    base: str = current_app.config["GOVERN"].base_url
    return urljoin(base, url_for(".feed", token=watching.feed_token(saved)))


@pages.post("/sok/sparade/<int:saved_id>/ta-bort")
@allow(OWNS, saved_by_id)
def remove(saved: SavedSearch) -> ResponseReturnValue:
    """Remove a saved search, which can be restored."""
    watching.remove(saved, by=me(), at=now())
    flash(f"”{saved.name}” är borttagen. Du kan ångra det nedanför.")
    return redirect(url_for(".searches", _anchor="borttagna"), 303)


@pages.post("/sok/sparade/<int:saved_id>/angra")
@allow(OWNS, saved_by_id)
def take_back(saved: SavedSearch) -> ResponseReturnValue:
    """Restore a removed search."""
    watching.take_back(saved, by=me(), at=now())
    flash(f"”{saved.name}” är tillbaka.")
    return redirect(url_for(".searches"), 303)


@pages.post("/sok/sparade/<int:saved_id>/flode")
@allow(OWNS, saved_by_id)
def open_feed(saved: SavedSearch) -> ResponseReturnValue:
    """Create a feed for the search at a new URL."""
    watching.open_feed(saved, by=me(), at=now())
    flash("Flödet har fått en ny adress. Den gamla fungerar inte längre." if saved.feed > 1 else "Flödet är öppnat.")
    return redirect(url_for(".saved", saved_id=saved.id, _anchor="flode"), 303)


@pages.post("/sok/sparade/<int:saved_id>/flode/stang")
@allow(OWNS, saved_by_id)
def close_feed(saved: SavedSearch) -> ResponseReturnValue:
    """Close the feed."""
    watching.close_feed(saved, by=me(), at=now())
    flash("Flödet är stängt, och adressen fungerar inte längre.")
    return redirect(url_for(".saved", saved_id=saved.id, _anchor="flode"), 303)


@pages.get("/sok/flode/<token>")
@allow(ANYONE, feed_by_token)
def feed(saved: SavedSearch) -> ResponseReturnValue:
    """Return the feed to anyone who has its URL, limited to what its owner may read."""
    from govern.archive.watching import feeding  # noqa: PLC0415 — loads lxml.

    try:
        data = feeding.atom(saved, _feed_url(saved))
    except SearchUnavailable:
        indexing.ask_for_rebuild()
        abort(503)
    answer = Response(data, mimetype="application/atom+xml")
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    return answer.make_conditional(request)


@pages.route("/sok/brev/<token>", methods=["GET", "POST"])
@allow(ANYONE, stopped_by_token)
def stop(saved: SavedSearch) -> ResponseReturnValue:
    """Turn a saved search's notifications off; only on POST, since a mail program may open every link."""
    if request.method == "POST" and saved.telling is not Telling.NEVER:
        watching.stop_notifications(saved, at=now())
    return render_template("search/stop.html", saved=saved, ended=saved.telling is Telling.NEVER)
