"""Passkeys (WebAuthn level 3): enrolled, and asked for at sign-in and before signing.

A passkey must know its owner, by PIN or finger (user verification): it is then two factors in itself, something held
and something known or borne, and stands for the password and the second step together. Nothing is asked about its maker
(no attestation): we do not choose people's devices.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
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

from govern.db import db
from govern.errors import Refused
from govern.people import attempts, factors
from govern.people.models import Account, Factor, PasskeyChallenge, Person
from govern.people.rules import SECOND_STEP, Refusal, refuse_factor_name
from govern.people.states import FactorKind

BROKEN = (
    *(WebAuthnException, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, OverflowError),
    struct.error,
)
"""What the library and its parts raise on an answer that no browser made."""

VERIFIED = UserVerificationRequirement.REQUIRED


def offered() -> bool:
    """Say whether passkeys can be used here: a browser binds them to a name, never to a number like 127.0.0.1."""
    host = _host()
    return bool(host) and not host.replace(".", "").isdigit() and ":" not in host


def enrolment(account: Account, *, at: datetime) -> str:
    """Ask a browser to make a passkey: the options as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
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


def enrol(account: Account, name: str, answer: str, *, by: Person, at: datetime) -> Factor:
    """Enrol the passkey that a browser made.

    Raises:
        Refused: when the name is blank or taken, or the answer is not one to what was asked here just now.
    """
    name = " ".join(name.split())
    refusal = refuse_factor_name(name, account.factors)
    if refusal:
        raise Refused(refusal, "name")
    try:
        credential = webauthn.helpers.parse_registration_credential_json(_bounded(answer))
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=_taken(credential, at),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except BROKEN as error:
        raise Refused(Refusal.WRONG_PASSKEY) from error
    factor = Factor(
        account=account,
        kind=FactorKind.PASSKEY,
        name=name,
        secret=made.credential_public_key,
        credential=bytes_to_base64url(made.credential_id),
        counter=made.sign_count,
        added_at=at,
        used_at=at,
    )
    return factors.keep(factor, by=by, at=at)


def question(account: Account | None, *, at: datetime) -> str:
    """Ask a browser for a passkey, an account's or anyone's it has for this site: the options as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=_challenge(at),
        allow_credentials=_descriptors(account) if account else None,
        user_verification=VERIFIED,
    )
    return webauthn.options_to_json(options)


def check(answer: str, *, account: Account | None = None, address: str, at: datetime) -> Account:
    """Give the account whose passkey answered, within the caller's transaction; it must be `account`, when given.

    Raises:
        Refused: when the answer holds for no passkey here, or too many attempts failed lately.
    """
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(_bounded(answer))
    except BROKEN as error:
        raise Refused(Refusal.WRONG_PASSKEY) from error
    factor = db.session.scalar(select(Factor).where(Factor.credential == credential.id))
    if factor is None or factor.account.disabled_at or (account is not None and factor.account_id != account.id):
        raise Refused(Refusal.WRONG_PASSKEY)
    email = factor.account.email
    attempts.limit(email, at=at)
    try:
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_taken(credential, at),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=factor.secret,
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except BROKEN as error:
        raise attempts.fail(email, Refusal.WRONG_PASSKEY, address=address, at=at) from error
    db.session.execute(update(Factor).where(Factor.id == factor.id).values(counter=seen.new_sign_count, used_at=at))
    return factor.account


def _bounded(answer: str) -> dict[str, Any]:
    """Read a browser's answer as JSON, within bounds.

    Raises:
        ValueError: when it is no object, or nested too deep.
    """
    value = current_app.json.loads(answer)
    if not isinstance(value, dict) or not isinstance(value.get("response"), dict):
        raise ValueError("the answer is no credential")
    return value


def _challenge(at: datetime) -> bytes:
    """Make a challenge and keep it until it is answered; those never answered are cleared away."""
    value = webauthn.helpers.generate_challenge()
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.at < at - SECOND_STEP))
    db.session.add(PasskeyChallenge(value=bytes_to_base64url(value), at=at))
    db.session.commit()
    return value


def _taken(credential: RegistrationCredential | AuthenticationCredential, at: datetime) -> bytes:
    """Take the challenge that an answer names, once.

    Raises:
        ValueError: when it was not asked here, was answered already, or too long ago.
    """
    current_app.json.loads(credential.response.client_data_json)  # Within bounds, before the library reads it.
    value = webauthn.helpers.parse_client_data_json(credential.response.client_data_json).challenge
    statement = delete(PasskeyChallenge).where(
        PasskeyChallenge.value == bytes_to_base64url(value), PasskeyChallenge.at >= at - SECOND_STEP
    )
    result = db.session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise ValueError("the challenge was not asked here, or is used")
    return value


def _descriptors(account: Account) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(factor.credential), type=PublicKeyCredentialType.PUBLIC_KEY)
        for factor in account.factors
        if factor.credential
    ]


def _handle(account: Account) -> bytes:
    """Name the account to a passkey without saying whose it is (WebAuthn 14.6.1)."""
    return f"govern-{account.id}".encode()


def _host() -> str:
    return urlsplit(current_app.config["GOVERN"].base_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(current_app.config["GOVERN"].base_url)
    return f"{parts.scheme}://{parts.netloc}"
