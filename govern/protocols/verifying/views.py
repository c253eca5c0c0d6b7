"""Pages where anyone may submit a file for verification; the worker does slow ones, and the page waits for it."""

from __future__ import annotations

from io import SEEK_END, BytesIO

from flask import (
    Blueprint,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.errors import Refused, TooMany
from govern.people.access import ANYONE, allow
from govern.protocols.forms import VerifyForm
from govern.protocols.models import Verification
from govern.protocols.verifying import operations as verifying
from govern.protocols.verifying.report import report_pdf

pages = Blueprint("verification", __name__)


@pages.route("/verifiera", methods=["GET", "POST"])
@allow(ANYONE)
def verify() -> ResponseReturnValue:
    """Submit a file for verification."""
    form = VerifyForm()
    if form.validate_on_submit():
        file = form.file.data
        size = file.stream.seek(0, SEEK_END)
        file.stream.seek(0)
        try:
            if not size:
                raise Refused("Filen är tom.", "file")
            found = verifying.submit(
                file.stream, size, file.filename or "fil", address=request.remote_addr or "", at=now()
            )
        except TooMany as error:
            form.refuse(error)
            return _page(form), 429, {"Retry-After": str(error.seconds)}
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".verification", token=found.token), 303)
    return _page(form), 422 if request.method == "POST" else 200


def _page(form: VerifyForm) -> str:
    limit = current_app.config["GOVERN"].max_upload_mb
    return render_template("protocols/verify.html", form=form, found=None, limit=limit)


@pages.get("/verifiera/<token>")
@allow(ANYONE, verifying.by_token)
def verification(found: Verification) -> ResponseReturnValue:
    """Show the verdict, or that the file is still being verified."""
    page = make_response(render_template("protocols/verify.html", form=VerifyForm(formdata=None), found=found))
    if found.done_at is None:
        page.headers["Refresh"] = "2"
    return page


@pages.get("/verifiera/<token>/rapport.<any(pdf, json):ending>")
@allow(ANYONE, verifying.by_token)
def report(found: Verification, ending: str) -> ResponseReturnValue:
    """Download the report."""
    if found.done_at is None:
        abort(404)
    if ending == "json":
        answer = jsonify({"file": found.name, "verified_at": found.done_at.isoformat()} | found.verdict)
        answer.headers["Content-Disposition"] = "attachment; filename=verifiering.json"
        return answer
    pdf = report_pdf(found.verdict, found.name, found.done_at, current_app.config["GOVERN"].organisation)
    return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name="verifiering.pdf")
