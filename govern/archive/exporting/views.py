"""Export a search result as a file or show it as a page for printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryFile

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from govern.archive.exporting import queries as exporting
from govern.archive.exporting.queries import MOST, MOST_PRINTED, Row, Taken
from govern.archive.searching import asking, engines, indexing
from govern.db import now
from govern.forums.readers import reader
from govern.media import MEDIA
from govern.people import noting
from govern.people.access import SIGNED_IN, allow, me
from govern.search import SearchUnavailable
from govern.swedish import local_day

pages = Blueprint("exporting", __name__)

STREAMED: dict[str, tuple[str, Callable[[Iterator[Row], Taken], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", exporting.as_csv),
    "json": ("application/json", exporting.as_json),
}


@pages.get("/sok/uttag.<ending>")
@allow(SIGNED_IN)
def export(ending: str) -> ResponseReturnValue:
    """Export a result as XLSX, CSV or JSON."""
    if ending not in {"xlsx", *STREAMED}:
        abort(404)
    try:
        found, taken = _taken(MOST)
    except SearchUnavailable:
        return _unavailable()
    name = f"sokning-{local_day(taken.at).isoformat()}.{ending}"
    if ending == "xlsx":
        file = TemporaryFile()  # noqa: SIM115 — the response closes it after sending it.
        exporting.as_xlsx(found, taken, file)
        file.seek(0)
        return send_file(file, MEDIA[ending], as_attachment=True, download_name=name)
    media_type, write = STREAMED[ending]
    answer = Response(stream_with_context(write(found, taken)), content_type=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@pages.get("/sok/utskrift")
@allow(SIGNED_IN)
def printout() -> ResponseReturnValue:
    """Show a result for printing: the search, the time, the user and every paragraph."""
    try:
        found, taken = _taken(MOST_PRINTED)
    except SearchUnavailable:
        return _unavailable()
    pairs = asking.kept(request.args.items(multi=True))
    back = f"{url_for('search.search')}?{asking.address(pairs)}"
    rows = list(found)
    return render_template("search/printout.html", rows=rows, taken=taken, back=back)


def _taken(most: int) -> tuple[Iterator[Row], Taken]:
    """Run the search in the URL once, so that an unavailable index is detected before the response begins."""
    pairs = asking.kept(request.args.items(multi=True))
    asked, terms, at = asking.read(pairs), reader(me(), local_day(now())).terms, now()
    total = engines.engine().search(asked.query, terms, limit=1, filters=asked.filters).total
    base = current_app.config["GOVERN"].base_url
    taken = Taken(asking.in_words(pairs), me().name, at, total, most)
    note = partial(noting.note_shown, me(), at=at)
    return exporting.rows(asked, terms, base, most=most, shown=note), taken


def _unavailable() -> ResponseReturnValue:
    indexing.ask_for_rebuild()
    flash("Sökningen byggs om. Försök igen om en stund.", "warning")
    return redirect(url_for("search.search"), 303)
