"""Error pages: a sentence that says what to do, and for a bug a number to report.

A request whose transaction was overtaken by another (see `govern/db.py`) is retried before it is an error.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from govern import write_lock
from govern.db import Overtaken, db, lock, undo
from govern.errors import Refused, TooMany
from govern.web.logs import request_number
from govern.web.next import safe_next

SENTENCES = {
    400: ("Begäran gick inte att läsa", "Gå tillbaka, ladda om sidan och försök igen."),
    401: ("Du behöver logga in", "Din inloggning har gått ut. Logga in igen, så står det du skrev kvar på sidan."),
    403: ("Du har inte behörighet", "Sidan är till för andra. Fråga forumets sekreterare om du behöver se den."),
    404: ("Sidan finns inte", "Adressen kan vara felskriven eller sidan borttagen. Sök efter det du letar efter."),
    405: ("Det gick inte att göra så", "Gå tillbaka och försök igen från sidan."),
    409: ("Någon hann före", "Ladda om sidan och se vad som har ändrats."),
    413: ("Filen är för stor", "En fil får vara högst {limit} MB. Välj en mindre fil eller dela upp den."),
    500: ("Något gick fel hos oss", "Inget du skrivit har ändrats. Försök igen om en stund."),
    503: ("Det går inte att spara just nu", "Inget har ändrats. Vänta en halv minut och försök igen."),
}
TRIES = 4  # How often an overtaken request is run, including the first time.
RETRY_AFTER = 30  # Seconds, sent with a 503.
AWAY = (OperationalError, InterfaceError, NoConnection)
"""Database errors: locked for too long, or unreachable."""


def init_app(app: Flask) -> None:
    """Register the error handlers. They answer with a page, or with JSON if JSON was sent."""
    app.before_request(_begin)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Overtaken, _overtaken)
    for gone in (ObjectDeletedError, StaleDataError):
        app.register_error_handler(gone, _gone)
    for away in AWAY:
        app.register_error_handler(away, _away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def wants_json() -> bool:
    """Return whether the request is a script's: it sends JSON, or prefers it to HTML."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def refused_answer(error: Refused | None) -> tuple[int, dict[str, str]]:
    """Return the status and headers for a refusal: 422, or 429 with the time to wait; 200 for none."""
    if isinstance(error, TooMany):
        return 429, {"Retry-After": str(error.seconds)}
    return (200 if error is None else 422), {}


def _begin() -> None:
    g.commits, g.tries = write_lock.commits(), TRIES


def _overtaken(error: Overtaken) -> ResponseReturnValue:
    """Run the request again from the start, holding the write lock, unless it has committed a part.

    A request that releases the lock for slow work may be overtaken again.
    """
    left = g.get("tries", TRIES) - 1
    db.session.rollback()
    if not left or g.get("commits") != write_lock.commits():
        current_app.logger.warning("%s %s was overtaken: %s", request.method, request.url_rule, error)
        return _http(_Conflict())
    g.tries = left
    g.pop("_login_user", None)  # The user and their rights are loaded again too.
    for file in request.files.values():
        file.seek(0)
    saved = current_app.session_interface.open_session(current_app, request)
    session.clear()
    session.update(saved or {})
    try:
        lock()
        return current_app.dispatch_request()
    except Exception as again:  # Handled as it would have been the first time.
        return current_app.handle_user_exception(again)


class _Conflict(HTTPException):
    code = 409


def _gone(error: Exception) -> ResponseReturnValue:
    """Answer 409 when another request has removed the row meanwhile."""
    db.session.rollback()
    current_app.logger.info("%s %s: %s", request.method, request.url_rule, type(error).__name__)
    return _http(_Conflict())


def _away(error: Exception) -> ResponseReturnValue:
    """Answer 503, with a page that does not use the database."""
    current_app.logger.error("the database is busy or away at %s %s", request.method, request.url_rule, exc_info=error)
    try:
        db.session.rollback()
    except AWAY:
        db.session.remove()
    g._login_user = AnonymousUserMixin()
    g.pop("row", None)
    title, sentence = SENTENCES[503]
    if wants_json():
        answer = jsonify(refusal=f"{title}. {sentence}")
    else:
        answer = make_response(render_template("error.html", title=title, sentence=sentence, number=None))
    answer.status_code = 503
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _refused(error: Refused) -> ResponseReturnValue:
    undo()
    if wants_json():
        return jsonify(refusal=error.sentence, field=error.field), *refused_answer(error)
    page = render_template("error.html", title="Det gick inte", sentence=error.sentence, number=None)
    return page, *refused_answer(error)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if 300 <= code < 400:
        return error
    if isinstance(error, CSRFError) and not current_user.is_authenticated and not _is_public():
        code = 401  # The token was lost with the session.
    title, sentence = SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])
    sentence = sentence.format(limit=current_app.config["GOVERN"].max_upload_mb)
    if code == 403 and error.description and not error.description.startswith("You don't"):
        sentence = error.description
    if wants_json():
        return jsonify(refusal=sentence), code
    back = url_for("people.sign_in", next=_page_of_form() or None) if code == 401 else None
    return render_template("error.html", title=title, sentence=sentence, number=None, sign_in_url=back), code


def _is_public() -> bool:
    """Return whether the requested route needs no sign-in."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(getattr(view, "right", None), "public", False))


def _page_of_form() -> str:
    """Return the page on this site that sent the form; there the browser restores the input (`static/js/keep.js`)."""
    try:
        sent_from = urlsplit(request.referrer or "")
    except ValueError:  # An incomplete URL, such as `http://[`.
        return ""
    same = f"{sent_from.scheme}://{sent_from.netloc}/" == request.host_url
    return safe_next(f"{sent_from.path}?{sent_from.query}".rstrip("?"), "") if same else ""


def _bug(error: Exception) -> ResponseReturnValue:
    number = request_number()
    current_app.logger.error("bug at %s %s", request.method, request.url_rule, exc_info=error)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    title, sentence = SENTENCES[500]
    if wants_json():
        return jsonify(refusal=f"{sentence} (Felnummer {number}.)"), 500
    return render_template("error.html", title=title, sentence=sentence, number=number), 500
