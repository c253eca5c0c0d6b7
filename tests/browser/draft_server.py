"""A tiny server that serves one paragraph to write, so that the draft's scripts are tested without the application.

It answers saves the way the contract says: 200, 409 with the other text, 422, signed out, or not at all.
"""

from __future__ import annotations

import copy
import secrets
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, render_template_string, request
from werkzeug.serving import WSGIRequestHandler, make_server

from govern.paragraphs.drafting import draft as drafts

ROOT = Path(__file__).parents[2]
EMPTY: dict[str, Any] = {
    "heading": "Nästa möte",
    "kind": "B",
    "reference": None,
    "confidential": None,
    "sections": [{"kind": "text", "heading": "", "html": "<p>Först.</p>"}],
    "decisions": [],
    "assignments": [],
    "motions": [],
    "ballots": [],
    "dissents": [],
}
PEOPLE = [{"id": 12, "name": "Anna Berg", "more": "ordförande"}, {"id": 13, "name": "Bo Ek", "more": "ledamot"}]
KINDS = [("B", "Beslut"), ("I", "Information")]
OUTCOMES = [("approval", "Bifall"), ("noting", "Anteckning")]
PAGE = """{% extends "layouts/base.html" %}{% from "components/draft.html" import draft_form %}
{% block title %}§ 1{% endblock %}{% block main %}<h1>§ 1</h1>
{{ draft_form(draft, fields, "/save", people, kinds, outcomes, ["Kommunchefgruppen"], lead="Styrgruppen beslutar",
              owner="1", sign_in_url="/in") }}
<form method="post" action="/ready"><button>Klarmarkera</button></form>{% endblock %}"""
LIST = """{% extends "layouts/base.html" %}{% from "components/page.html" import reorder_list %}
{% block title %}Dagordning{% endblock %}
{% block main %}<h1>Dagordning</h1>{{ reorder_list("Dagordning", entries, "/order") }}{% endblock %}"""


class Quiet(WSGIRequestHandler):
    """A server that keeps its requests to itself, so that a failing test shows what failed."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class DraftServer:
    """One paragraph behind HTTP, with the faults a real evening brings."""

    def __init__(self) -> None:
        self.draft = copy.deepcopy(EMPTY)
        self.version = 7
        self.saves = 0
        self.mode = "well"
        self.token = "first"
        self.orders: list[list[int]] = []
        self.ready_with: dict[str, Any] | None = None
        self.violations: list[Any] = []
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def someone_else(self, **changes: Any) -> None:
        """Save as another person would."""
        self.draft = copy.deepcopy(self.draft) | changes
        self.version += 1

    def _app(self) -> Flask:
        app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
        app.secret_key = "test"

        def nonce() -> str:
            if "nonce" not in g:
                g.nonce = secrets.token_urlsafe(12)
            return str(g.nonce)

        app.jinja_env.globals.update(csp_nonce=nonce, csrf_token=lambda: self.token, house_accent=lambda: None)

        @app.after_request
        def guard(answer: Response) -> Response:
            own = f"'self' 'nonce-{nonce()}'"
            policy = f"default-src 'self'; script-src {own}; style-src {own}; report-uri /csp"
            answer.headers["Content-Security-Policy"] = policy
            return answer

        @app.post("/csp")
        def csp() -> str:
            self.violations.append(request.get_data(as_text=True))
            return ""

        @app.get("/")
        def page() -> str:
            if self.mode == "signed out":
                return "Logga in"
            draft = {"version": self.version, **self.draft}
            return render_template_string(
                PAGE, draft=draft, fields=drafts.shape(), people=PEOPLE, kinds=KINDS, outcomes=OUTCOMES
            )

        @app.get("/list")
        def agenda() -> str:
            entries = [
                {"id": n, "title": t, "up_url": "/u", "down_url": "/d"}
                for n, t in ((1, "Val"), (2, "Budget"), (3, "Slut"))
            ]
            return render_template_string(LIST, entries=entries)

        @app.post("/order")
        def order() -> tuple[Response, int]:
            if self.mode == "refuse":
                return jsonify(refusal="Mötet är förseglat."), 422
            self.orders.append(request.get_json()["order"])
            return jsonify(ok=True), 200

        @app.post("/ready")
        def ready() -> str:
            self.ready_with = copy.deepcopy(self.draft)
            return "Klart"

        @app.post("/save")
        def save() -> tuple[Response, int]:
            return self._save()

        return app

    def _save(self) -> tuple[Response, int]:  # noqa: PLR0911 — one return a fault
        given = request.get_json()
        if self.mode == "signed out":
            return jsonify(), 401
        if request.headers.get("X-CSRFToken") != self.token:
            return jsonify(), 400
        if self.mode == "broken":
            return jsonify(), 500
        if self.mode == "refuse":
            return jsonify(refusal="Rubriken är för lång.", field="heading"), 422
        if given.pop("version") != self.version:
            return jsonify(version=self.version, theirs=self.draft), 409
        self.draft = given
        self.version += 1
        self.saves += 1
        if self.mode == "swallow":  # Saved, but the answer is lost on the way.
            return jsonify(), 502
        return jsonify(version=self.version, saved="10.32"), 200
