"""Pages for the checks before sealing, and for the sealed protocol, its signatures and files."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from govern import record
from govern.db import now
from govern.documents.papers.protocol import present
from govern.forums.access import KEEPS, READS, SITS, keeps, sits
from govern.forums.house.queries import layers_of
from govern.media import MEDIA
from govern.meetings.adjusting_deadline import clock
from govern.meetings.models import Meeting
from govern.meetings.queries import meeting_by_id
from govern.meetings.states import MeetingState
from govern.paragraphs.queries import rail
from govern.paragraphs.superseding import operations as superseding
from govern.paragraphs.superseding.operations import Tie
from govern.people import events
from govern.people.access import allow, factor_for_signing, fresh_for, freshening_url, given_at, me, someone
from govern.protocols import operations
from govern.protocols.access import READS_FILE, READS_PROOF, SIGNS
from govern.protocols.binding.operations import latest_binder
from govern.protocols.checks import LATE
from govern.protocols.correcting import operations as correcting
from govern.protocols.extracting.operations import filename
from govern.protocols.forms import AcceptForm, SubstituteForm
from govern.protocols.models import Protocol, Signature
from govern.protocols.queries import (
    accepted_of,
    findings_of,
    latest_file,
    minutes_signature,
    protocol_by_id,
    protocol_of,
    signature_by_id,
    unsealed_before,
)
from govern.protocols.rules import refuse_sealing, refuse_signing, refuse_stale
from govern.protocols.signing import keys, substituting
from govern.protocols.signing import operations as signing
from govern.protocols.signing.makers import Ask
from govern.protocols.states import ProtocolKind, SignerRole
from govern.swedish import local_day, paragraph_list
from govern.web.forms import offered
from govern.web.unchanged import made_for_this_session, unchanged

pages = Blueprint("protocols", __name__)


def _ties(protocol: Protocol) -> tuple[dict[tuple[str, str, date], str], dict[int, list[Tie]]]:
    """Return the URLs of what the protocol replaces or amends, and by number what has replaced or amended it since."""
    numbers = {paragraph.id: paragraph.number for paragraph in rail(protocol.meeting)}
    later = superseding.later(numbers, me(), local_day(now()))
    earlier = superseding.addresses(superseding.earlier(numbers))
    return earlier, {numbers[paragraph_id]: ties for paragraph_id, ties in later.items()}


@pages.get("/moten/<int:meeting_id>/kontroll")
@allow(SITS, meeting_by_id)
def checks(meeting: Meeting) -> ResponseReturnValue:
    """List the hinders and the warnings."""
    if meeting.state is MeetingState.SEALED:
        return redirect(url_for(".of_meeting", meeting_id=meeting.id), 303)
    return _checks_page(meeting, AcceptForm(formdata=None)), 200


def _checks_page(meeting: Meeting, form: AcceptForm) -> str:
    findings = findings_of(meeting, today=local_day(now()), at=now())
    accepted = accepted_of(meeting)
    return render_template(
        "protocols/checks.html",
        meeting=meeting,
        findings=findings,
        accepted=accepted,
        form=form,
        clock=clock(meeting, local_day(now())),
        may_keep=keeps(someone(), meeting),
        reads_proof=READS_PROOF.test(someone(), meeting),
        unsealed=[(held, paragraph_list(numbers)) for held, numbers in unsealed_before(meeting)],
        refuse_sealing=refuse_sealing(meeting, findings, accepted),
    )


@pages.post("/moten/<int:meeting_id>/kontroll")
@allow(KEEPS, meeting_by_id)
def accept(meeting: Meeting) -> ResponseReturnValue:
    """Accept a warning with a reason."""
    form = AcceptForm()
    form.try_(lambda: operations.accept_warning(meeting, form.finding.data, form.reason.data, by=me(), at=now()))
    if form.done:
        return redirect(url_for(".checks", meeting_id=meeting.id), 303)
    return _checks_page(meeting, form), 422


@pages.post("/moten/<int:meeting_id>/kontroll/angra")
@allow(KEEPS, meeting_by_id)
def take_back_acceptance(meeting: Meeting) -> ResponseReturnValue:
    """Withdraw the acceptance of a warning."""
    operations.take_back_acceptance(meeting, request.form.get("finding", ""), by=me(), at=now())
    return redirect(url_for(".checks", meeting_id=meeting.id), 303)


@pages.post("/moten/<int:meeting_id>/forsegla")
@allow(KEEPS, meeting_by_id)
def seal(meeting: Meeting) -> ResponseReturnValue:
    """Seal the protocol."""
    protocol = operations.seal(meeting, by=me(), at=now())
    flash("Protokollet är förseglat. Nu väntar underskrifterna.")
    return redirect(url_for(".protocol", protocol_id=protocol.id), 303)


@pages.get("/moten/<int:meeting_id>/protokoll")
@allow(READS, meeting_by_id)
def of_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Redirect to a meeting's protocol, or to its paragraphs if it is not sealed."""
    protocol = protocol_of(meeting)
    if protocol is not None:
        return redirect(url_for(".protocol", protocol_id=protocol.id), 303)
    return redirect(url_for("paragraphs.meeting", meeting_id=meeting.id), 303)


@pages.get("/protokoll/<int:protocol_id>")
@allow(READS, protocol_by_id)
@unchanged
def protocol(protocol: Protocol) -> ResponseReturnValue:
    """Show a sealed protocol; redirect to it from a correction, and from an extract to the list of extracts."""
    if protocol.kind is ProtocolKind.CORRECTION:
        address = url_for(".protocol", protocol_id=correcting.main_of(protocol).id, _anchor="rattelser")
        return redirect(address, 303)
    if protocol.kind is ProtocolKind.EXTRACT:
        address = url_for("extracts.extracts", protocol_id=correcting.main_of(protocol).id, _anchor=f"u{protocol.id}")
        return redirect(address, 303)
    return _protocol_page(protocol), 200


def _protocol_page(protocol: Protocol, refused: tuple[int, SubstituteForm] | None = None) -> str:
    person, frozen = someone(), record.loads(protocol.record)
    main = protocol.kind is ProtocolKind.MAIN
    corrections = correcting.corrections_of(protocol) if main else []
    waiting = {row.id: s for row, _ in corrections for s in row.signatures if person and not refuse_signing(s, person)}
    secret = {row.paragraph_id for row, _ in corrections if row.has_secrets}
    slot = next((s for s in protocol.signatures if person and s.person_id == person.id), None)
    mine = next((s for s in protocol.signatures if person and not refuse_signing(s, person)), None)
    if mine is not None or waiting:
        made_for_this_session()  # The page says whether the sign-in is fresh enough to sign.
    earlier, superseded = _ties(protocol)
    shown = frozen if sits(person, protocol) else record.open_parts(frozen)
    return render_template(
        "protocols/protocol.html",
        protocol=protocol,
        earlier=earlier,
        superseded=superseded,
        meeting=protocol.meeting,
        record=shown,
        present_groups=present(shown),
        house=layers_of(protocol.forum).choices,
        signer_of={s.id: substituting.signer_of(s, frozen) for s in protocol.signatures},
        substitute_forms=_substitute_forms(protocol) | dict([refused] if refused else []),
        sees_secrets=sits(person, protocol),
        may_download=READS_FILE.test(person, protocol),
        mine=mine,
        corrections=corrections,
        corrected={facts.label for _, facts in corrections},
        hidden=set() if sits(person, protocol) else secret,
        waiting=waiting,
        binder=(binder := latest_binder(protocol) if main else None),
        sees_binder=binder is not None and READS_FILE.test(person, binder),
        may_correct=main and keeps(person, protocol),
        may_refuse=slot if slot and not slot.settled and slot.role is SignerRole.ADJUSTER else None,
        late=[row.reason for key, row in accepted_of(protocol.meeting).items() if key.startswith(f"{LATE}:")],
        stamped=keys.stamps() is not None,
        archived=next((file.archived_at for file in reversed(protocol.files) if file.archived_at), None),
        fresh=not refuse_stale(given_at(current_user.session, factor_for_signing()), now(), fresh_for()),
    )


def _substitute_forms(protocol: Protocol) -> dict[int, SubstituteForm]:
    """Return a form for each adjuster who has neither signed nor refused, if the reader is the secretary."""
    if protocol.imported or not keeps(someone(), protocol):
        return {}
    forms = {}
    for signature in protocol.signatures:
        if signature.role is SignerRole.ADJUSTER and not signature.settled:
            forms[signature.id] = _substitute_form(signature, SubstituteForm(formdata=None, prefix=_prefix(signature)))
    return {signature_id: form for signature_id, form in forms.items() if form.presence.choices}


def _prefix(signature: Signature) -> str:
    """Return the prefix of a signature's form, which sets it apart from the others on the page."""
    return f"s{signature.id}-"


def _substitute_form(signature: Signature, form: SubstituteForm) -> SubstituteForm:
    form.presence.choices = offered([(p.id, p.distinct_name) for p in substituting.substitutes_for(signature)])
    return form


@pages.post("/underskrifter/<int:signature_id>/ersattare")
@allow(KEEPS, minutes_signature)
def substitute(signature: Signature) -> ResponseReturnValue:
    """Let somebody else who was present sign in an adjuster's place."""
    form = _substitute_form(signature, SubstituteForm(prefix=_prefix(signature)))
    by_id = {p.id: p for p in signature.protocol.meeting.presences}
    form.try_(
        lambda: substituting.substitute(signature, by_id[form.presence.data], form.reason.data, by=me(), at=now())
    )
    if form.done:
        flash("Det är antecknat vem som justerar i stället.")
        return redirect(url_for(".protocol", protocol_id=signature.protocol_id, _anchor="underskrifter"), 303)
    return _protocol_page(signature.protocol, (signature.id, form)), 422


@pages.get("/protokoll/<int:protocol_id>/fil.<any(pdf, docx, json):ending>")
@allow(READS_FILE, protocol_by_id)
def file(protocol: Protocol, ending: str) -> ResponseReturnValue:
    """Download the protocol as a file."""
    data = {
        "pdf": lambda: latest_file(protocol).pdf,
        "docx": lambda: protocol.docx,
        "json": lambda: protocol.record,
    }[ending]()
    name = f"{filename(protocol)}.{ending}"
    return send_file(BytesIO(data), MEDIA[ending], as_attachment=ending != "pdf", download_name=name)


@pages.post("/underskrifter/<int:signature_id>")
@allow(SIGNS, signature_by_id)
def sign(signature: Signature) -> ResponseReturnValue:
    """Sign; if the sign-in is not fresh, ask for it again first."""
    session, at = current_user.session, now()
    events.refuse_held(me(), at=at)
    fresh_at = given_at(session, factor_for_signing())
    if refuse_stale(fresh_at, at, fresh_for()):
        address = url_for(".protocol", protocol_id=signature.protocol_id, _anchor="underskrifter")
        flash("Bekräfta först att det är du. Sedan kan du underteckna.")
        return redirect(freshening_url(session, factor_for_signing(), address), 303)
    protocol_id = signature.protocol_id
    begun = signing.begin(
        signature,
        fresh_at=fresh_at,
        fresh_for=fresh_for(),
        by=me(),
        at=at,
        return_url=current_app.config["GOVERN"].base_url + url_for("signing.returned", token=signing.PLACE),
    )
    if begun.asked.ask is not Ask.NOTHING:
        return redirect(url_for("signing.job", token=begun.token), 303)
    signing.finish(begun.token, {}, at=at)
    flash("Du har undertecknat protokollet.")
    return redirect(url_for(".protocol", protocol_id=protocol_id, _anchor="underskrifter"), 303)
