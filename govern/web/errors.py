"""Error pages: a sentence that says what to do, and for a bug a number to give to support."""

from __future__ import annotations

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from govern.errors import Refused, TooMany
from govern.web.logs import request_number

SENTENCES = {
    400: ("Begäran gick inte att läsa", "Gå tillbaka, ladda om sidan och försök igen."),
    401: ("Du behöver logga in", "Logga in och försök igen."),
    403: ("Du har inte behörighet", "Sidan är till för andra. Fråga forumets sekreterare om du behöver se den."),
    404: ("Sidan finns inte", "Adressen kan vara felskriven eller sidan borttagen. Sök efter det du letar efter."),
    405: ("Det gick inte att göra så", "Gå tillbaka och försök igen från sidan."),
    409: ("Någon hann före", "Ladda om sidan och se vad som har ändrats."),
    413: ("Filen är för stor", "En fil får vara högst {limit} MB. Välj en mindre fil eller dela upp den."),
    500: ("Något gick fel hos oss", "Inget du skrivit har ändrats. Försök igen om en stund."),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page, or with JSON where JSON was sent."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def wants_json() -> bool:
    """Tell a script's request from a page's: it sends JSON, or asks for it before HTML."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def refused_answer(error: Refused | None) -> tuple[int, dict[str, str]]:
    """Give the status and the headers that go with a refusal: 422, or 429 with how long to wait; 200 for none."""
    if isinstance(error, TooMany):
        return 429, {"Retry-After": str(error.seconds)}
    return (200 if error is None else 422), {}


def _refused(error: Refused) -> ResponseReturnValue:
    if wants_json():
        return jsonify(refusal=error.sentence, field=error.field), *refused_answer(error)
    page = render_template("error.html", title="Det gick inte", sentence=error.sentence, number=None)
    return page, *refused_answer(error)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if 300 <= code < 400:
        return error
    title, sentence = SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])
    sentence = sentence.format(limit=current_app.config["GOVERN"].max_upload_mb)
    if code == 403 and error.description and not error.description.startswith("You don't"):
        sentence = error.description
    if wants_json():
        return jsonify(refusal=sentence), code
    return render_template("error.html", title=title, sentence=sentence, number=None), code


def _bug(error: Exception) -> ResponseReturnValue:
    number, rule = request_number(), request.url_rule
    current_app.logger.error("bug at %s %s", request.method, rule.rule if rule else "", exc_info=error)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    title, sentence = SENTENCES[500]
    if wants_json():
        return jsonify(refusal=f"{sentence} (Felnummer {number}.)"), 500
    return render_template("error.html", title=title, sentence=sentence, number=number), 500
