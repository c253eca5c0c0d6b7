"""Pages for signing with a remote service, and what the installation's authority publishes."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from govern.db import now, undo
from govern.errors import Refused
from govern.people.access import ANYONE, allow
from govern.protocols.access import SIGNS
from govern.protocols.models import SigningJob
from govern.protocols.signing import keys
from govern.protocols.signing import operations as signing
from govern.protocols.signing.makers import Ask
from govern.protocols.signing.operations import job_by_token
from govern.web.security import shared

pages = Blueprint("signing", __name__)
SIGNS_JOB = SIGNS.of(lambda job: job.signature)


@pages.get("/underskrift/<token>")
@allow(SIGNS_JOB, job_by_token)
def job(job: SigningJob) -> ResponseReturnValue:
    """Ask the signer for what the service requires."""
    return _job_page(job)


def _job_page(job: SigningJob, refusal: str = "") -> ResponseReturnValue:
    page = make_response(render_template("protocols/signing.html", job=job, state=job.state, refusal=refusal))
    page.status_code = 422 if refusal else 200
    if job.state["ask"] == Ask.REDIRECT:
        service = urlsplit(job.state["url"])
        page.headers["Content-Security-Policy"] = (
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {service.scheme}://{service.netloc}"
        )
    return page


@pages.post("/underskrift/<token>")
@allow(SIGNS_JOB, job_by_token)
def answer(job: SigningJob) -> ResponseReturnValue:
    """Submit the codes that the signer has entered."""
    protocol_id, token = job.signature.protocol_id, job.token
    given = {name: request.form.get(name, "").strip() for name in job.state["fields"]}
    try:
        signing.finish(token, given, at=now())
    except Refused as error:
        undo()
        again = job_by_token(token)
        if again is None:
            raise
        return _job_page(again, error.sentence)
    flash("Du har undertecknat protokollet.")
    return redirect(url_for("protocols.protocol", protocol_id=protocol_id, _anchor="underskrifter"), 303)


@pages.post("/underskrift/<token>/avbryt")
@allow(SIGNS_JOB, job_by_token)
def cancel(job: SigningJob) -> ResponseReturnValue:
    """Abandon the signature."""
    protocol_id = job.signature.protocol_id
    signing.cancel(job.token)
    return redirect(url_for("protocols.protocol", protocol_id=protocol_id, _anchor="underskrifter"), 303)


@pages.post("/underskrift/<token>/svar")
@allow(ANYONE)
def returned(token: str) -> ResponseReturnValue:
    """Receive the signer from the service, with its signed answer.

    The request comes from another site and so without a session; the token is known to the signer alone, and the answer
    is signed by the service and names the signer.
    """
    waiting = job_by_token(token)
    if waiting is None:
        abort(404)
    protocol_id = waiting.signature.protocol_id
    signing.finish(token, dict(request.form), at=now())
    return redirect(url_for("protocols.protocol", protocol_id=protocol_id, _anchor="underskrifter"), 303)


@pages.get("/ca/crl")
@allow(ANYONE)
@shared(300)
def crl() -> ResponseReturnValue:
    """Publish the list of revoked certificates."""
    try:
        data = keys.revocation_list(at=now())
    except LookupError:
        abort(404)
    return send_file(BytesIO(data), "application/pkix-crl", download_name="govern.crl")


@pages.get("/ca/root")
@allow(ANYONE)
@shared(300)
def root() -> ResponseReturnValue:
    """Publish the newest root certificate."""
    roots = keys.roots()
    if not roots:
        abort(404)
    data = roots[-1].public_bytes(Encoding.DER)
    return send_file(BytesIO(data), "application/pkix-cert", download_name="govern.cer")
