"""A remote signing service with the Cloud Signature Consortium's API, version 1.0.4.

The service holds the signer's key and certificate. It is asked for the signer's credential (`credentials/list`, by
e-mail address) and its certificates (`credentials/info`); the signer's PIN and one-time code go to
`credentials/authorize`, bound to the one digest, and `signatures/signHash` returns the signature.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp
from cryptography import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

from govern.config import Settings
from govern.documents.signatures import pades
from govern.documents.signatures.longterm import fetch_evidence
from govern.documents.signatures.sync import run_sync
from govern.documents.signatures.values import DIGEST, Evidence, ServiceUnavailable, SigningJob
from govern.errors import Refused
from govern.protocols.rules import Refusal
from govern.protocols.signing import keys
from govern.protocols.signing.makers.base import Answer, Ask, Asked, Holder, Order
from govern.write_lock import slow

PATIENCE = aiohttp.ClientTimeout(total=30)
CODES = {"PIN": "PIN-kod hos underskriftstjänsten", "OTP": "Engångskod från underskriftstjänsten"}
T = TypeVar("T")


class Authorisation(CSCAuthorizationManager):
    """Requests authorisation to sign one digest, with the codes that the signer has entered."""

    def __init__(
        self,
        service: CSCServiceSessionInfo,
        credential: CSCCredentialInfo,
        session: aiohttp.ClientSession,
        codes: Mapping[str, str],
        description: str,
    ) -> None:
        super().__init__(service, credential)
        self._session, self._codes, self._description = session, codes, description

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """Return the activation data that `signHash` requires, bound to these digests."""
        asked = self.format_csc_auth_request(
            pin=self._codes.get("PIN") or None,
            otp=self._codes.get("OTP") or None,
            hash_b64s=hash_b64s,
            description=self._description,
        )
        url = self.csc_session_info.endpoint_url("credentials/authorize")  # type: ignore[no-untyped-call]
        async with self._session.post(
            url, headers=self.auth_headers, json=asked, timeout=PATIENCE, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise SigningError(f"credentials/authorize answered {response.status}")
            return self.parse_csc_auth_response(await response.json())


class Csc:
    """A signing service with the API of the Cloud Signature Consortium."""

    name = "csc"
    remote = True

    def __init__(self, settings: Settings) -> None:
        self._url, self._token = settings.signing_url.rstrip("/"), settings.signing_token

    @slow("asking the signing service")
    def prepare(self, order: Order) -> Asked:
        """Find the signer's credential, and prepare a signature for its certificate."""
        credential_id, info = _run(lambda session: self._credential(session, order.holder.email))
        chain = [x509.load_der_x509_certificate(c.dump()) for c in (info.signing_cert, *info.chain)]
        job = pades.prepare(order.pdf, order.field, order.signer, chain, order.at, stamped=order.stamped)
        codes = {name: label for name, label in CODES.items() if _wanted(info.response_data, name)}
        return Asked(
            job,
            Ask.CODES if codes else Ask.NOTHING,
            fields=codes,
            state={"credential": credential_id, "description": order.description, "stamped": order.stamped},
        )

    @slow("asking the signing service")
    def answer(self, job: SigningJob, state: Mapping[str, Any], given: Mapping[str, str], holder: Holder) -> Answer:
        """Have the service sign the job's attributes, authorised by the signer's codes."""
        roots = keys.signing_roots()

        async def work(session: aiohttp.ClientSession) -> tuple[bytes, Evidence]:
            service = self._service(state["credential"])
            info = await fetch_certs_in_csc_credential(session, service)
            manager = Authorisation(service, info, session, given, state["description"])
            signature = await CSCSigner(session, manager).async_sign_raw(job.signed_attributes, DIGEST)
            evidence = Evidence()
            if state["stamped"]:
                evidence = await fetch_evidence(info.signing_cert, info.chain, roots)
            return signature, evidence

        signature, evidence = _run(work)
        certificate = x509.load_der_x509_certificate(job.certificates[0])
        return Answer(signature, job, certificate, evidence)

    def _service(self, credential_id: str) -> CSCServiceSessionInfo:
        return CSCServiceSessionInfo(self._url, credential_id, self._token)

    async def _credential(self, session: aiohttp.ClientSession, email: str) -> tuple[str, CSCCredentialInfo]:
        service = self._service("")
        url = service.endpoint_url("credentials/list")  # type: ignore[no-untyped-call]
        async with session.post(
            url,
            headers=service.auth_headers,
            json={"userID": email},
            raise_for_status=True,
            timeout=PATIENCE,
            allow_redirects=False,
        ) as response:
            found = (await response.json()).get("credentialIDs") or []
        if not found:
            raise Refused(Refusal.NO_KEY)
        return str(found[0]), await fetch_certs_in_csc_credential(session, self._service(str(found[0])))


def _wanted(info: Mapping[str, Any], code: str) -> bool:
    return info.get("authMode") == "explicit" and str((info.get(code) or {}).get("presence")).lower() == "true"


def _run(work: Callable[[aiohttp.ClientSession], Awaitable[T]]) -> T:
    """Run work with the service; an error becomes a refusal."""

    async def run() -> T:
        async with aiohttp.ClientSession() as session:
            return await work(session)

    try:
        return run_sync(run())
    except SigningError as error:
        raise Refused(Refusal.SERVICE_REFUSED) from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, ServiceUnavailable) as error:
        raise Refused(Refusal.SERVICE_SILENT) from error
