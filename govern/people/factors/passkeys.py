"""Passkeys (WebAuthn level 3): enrolment, and authentication at sign-in and before signing.

User verification (by PIN or biometrics) is required, which makes a passkey two factors in itself: it replaces both the
password and the second step. No attestation is requested, since any device is accepted.

Importing this module loads webauthn, so views import it only where a passkey is created or used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialType,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from govern import secrets_box
from govern.db import db, lock
from govern.errors import Refused
from govern.people import attempts, noting
from govern.people.factors import operations as factors
from govern.people.models import Account, Factor, PasskeyChallenge, Person, SignInSession
from govern.people.rules import SECOND_STEP, Refusal, refuse_factor_name
from govern.people.sessions import operations as sessions
from govern.people.states import FactorKind

BROKEN = (
    *(WebAuthnException, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, OverflowError),
    struct.error,
)
"""What the library raises for a malformed response."""

VERIFIED = UserVerificationRequirement.REQUIRED
PURPOSE = "govern passkey challenges"
NONCE, PROOF = 16, 32


def enrolment(account: Account, *, at: datetime) -> str:
    """Return the options for creating a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=factors.own_host(),
        rp_name="Govern",
        user_id=_handle(account),
        user_name=account.email,
        user_display_name=account.person.name,
        challenge=_challenge(at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=_descriptors(account),
    )
    return webauthn.options_to_json(options)


def enrol(
    account: Account, name: str, answer: str, *, by: Person, at: datetime, here: SignInSession | None = None
) -> Factor:
    """Enrol the passkey that a browser created, and sign out of every browser except `here`.

    Raises:
        Refused: if the name is blank or taken, the response does not match a recent challenge made here, or the passkey
            is already enrolled, also by somebody else (a forged response may reuse a public credential id).
    """
    name = " ".join(name.split())
    refusal = refuse_factor_name(name, account.factors)
    if refusal:
        raise Refused(refusal, "name")
    try:
        credential = webauthn.helpers.parse_registration_credential_json(_bounded(answer))
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=_asked(credential, at),
            expected_rp_id=factors.own_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
        _answered(credential, at)
    except BROKEN as error:
        raise Refused(Refusal.WRONG_PASSKEY) from error
    credential_id = bytes_to_base64url(made.credential_id)
    if db.session.scalar(select(Factor.id).where(Factor.credential == credential_id)) is not None:
        raise Refused(Refusal.PASSKEY_TAKEN)
    factor = Factor(
        account=account,
        kind=FactorKind.PASSKEY,
        name=name,
        secret=made.credential_public_key,
        credential=credential_id,
        counter=made.sign_count,
        added_at=at,
        used_at=at,
    )
    return factors.keep(factor, by=by, at=at, here=here)


def question(account: Account | None, *, at: datetime) -> str:
    """Return the options for authenticating with a passkey of the account, or of any account, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=factors.own_host(),
        challenge=_challenge(at),
        allow_credentials=_descriptors(account) if account else None,
        user_verification=VERIFIED,
    )
    return webauthn.options_to_json(options)


def check(answer: str, *, within: SignInSession | None = None, address: str, device: str = "", at: datetime) -> Account:
    """Return the account whose passkey responded; with a session in `within`, it must be that session's account.

    Raises:
        Refused: if the response is not valid for any passkey here.
        TooMany: if there have been too many failed attempts.
    """
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(_bounded(answer))
    except BROKEN as error:
        raise Refused(Refusal.WRONG_PASSKEY) from error
    factor = db.session.scalar(select(Factor).where(Factor.credential == credential.id))
    account = factor.account if factor else None
    email = account.email if account else ""
    limits = (
        sessions.limits_within(within)
        if within
        else sessions.limits_of(email, account, device, address=address, at=at, kind=attempts.BY_PASSKEY)
    )
    taken = attempts.take(limits, at=at)
    lock()
    if factor is None or account is None or account.disabled_at or (within and within.account_id != account.id):
        noting.note_refused_sign_in(account, "passkey", at=at)
        raise Refused(Refusal.WRONG_PASSKEY)
    try:
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_asked(credential, at),
            expected_rp_id=factors.own_host(),
            expected_origin=_origin(),
            credential_public_key=factor.secret,
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
        _answered(credential, at)
    except BROKEN as error:
        noting.note_refused_sign_in(account, "passkey", at=at)
        raise Refused(Refusal.WRONG_PASSKEY) from error
    db.session.execute(update(Factor).where(Factor.id == factor.id).values(counter=seen.new_sign_count, used_at=at))
    factor_id = factor.id
    attempts.give_back(taken)
    lock()  # Take the lock again and check the account for what follows.
    if db.session.get(Factor, factor_id) is None or account.disabled_at:
        raise Refused(Refusal.WRONG_PASSKEY)
    return account


def _bounded(answer: str) -> dict[str, Any]:
    """Parse a browser's response as JSON, within the limits of the application's parser.

    Raises:
        ValueError: if it is not a credential object or is nested too deeply.
    """
    value = current_app.json.loads(answer)
    if not isinstance(value, dict) or not isinstance(value.get("response"), dict):
        raise ValueError("the answer is no credential")
    return value


def _challenge(at: datetime) -> bytes:
    """Create a challenge with a timestamp and an HMAC, so that issuing one needs no write to the database."""
    made = secrets.token_bytes(NONCE) + int(at.timestamp()).to_bytes(8, "big")
    return made + _proof(made)


def _proof(made: bytes) -> bytes:
    return hmac.new(secrets_box.derive(PURPOSE), made, hashlib.sha256).digest()


def _value(credential: RegistrationCredential | AuthenticationCredential) -> bytes:
    return webauthn.helpers.parse_client_data_json(credential.response.client_data_json).challenge


def _asked(credential: RegistrationCredential | AuthenticationCredential, at: datetime) -> bytes:
    """Return the challenge of a response.

    Raises:
        ValueError: if it was not issued here or has expired.
    """
    current_app.json.loads(credential.response.client_data_json)  # Enforce the parser's limits before the library.
    value = _value(credential)
    made, proof = value[:-PROOF], value[-PROOF:]
    if len(made) != NONCE + 8 or not hmac.compare_digest(proof, _proof(made)):
        raise ValueError("the challenge was not asked here")
    if not 0 <= int(at.timestamp()) - int.from_bytes(made[NONCE:], "big") <= SECOND_STEP.total_seconds():
        raise ValueError("the challenge was asked too long ago")
    return value


def _answered(credential: RegistrationCredential | AuthenticationCredential, at: datetime) -> None:
    """Store a used challenge until it has expired, so that no response is accepted twice.

    Raises:
        ValueError: if it was used before.
    """
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.at < at - 2 * SECOND_STEP))
    try:
        with db.session.begin_nested():
            db.session.add(PasskeyChallenge(value=bytes_to_base64url(_value(credential)), at=at))
    except IntegrityError as error:
        raise ValueError("the challenge is used") from error


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(factor.credential), type=PublicKeyCredentialType.PUBLIC_KEY)
        for factor in account.factors
        if factor.credential
    ]


def _handle(account: Account) -> bytes:
    """Return the account's user handle, which does not reveal its owner (WebAuthn 14.6.1)."""
    return f"govern-{account.id}".encode()


def _origin() -> str:
    parts = urlsplit(current_app.config["GOVERN"].base_url)
    return f"{parts.scheme}://{parts.netloc}"
