"""A federated signing service with Sweden Connect's extension to OASIS DSS (version 1.1).

The signer is sent to the service with a signed request, identifies themselves there, and is sent back with a signed
response. The service creates a key and a certificate for that one signature; so the attributes to sign are sent without
a reference to the signer's certificate and come back with one, the only change that is accepted.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree
from lxml.builder import ElementMaker
from signxml.algorithms import SignatureMethod
from signxml.exceptions import InvalidInput, InvalidSignature
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier

from govern.config import Settings
from govern.documents.signatures import longterm, pades
from govern.documents.signatures.pades import REFERENCES
from govern.documents.signatures.values import Evidence, ServiceUnavailable, SigningJob
from govern.errors import Refused
from govern.protocols.rules import Refusal
from govern.protocols.signing import keys
from govern.protocols.signing.makers.base import Answer, Ask, Asked, Holder, Order

DSS = "urn:oasis:names:tc:dss:1.0:core:schema"
CSIG = "http://id.elegnamnden.se/csig/1.1/dss-ext/ns"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
NAMES = {"dss": DSS, "csig": CSIG, "saml": SAML}
PROFILE = "http://id.elegnamnden.se/csig/1.1/dss-ext/profile"
SUCCESS = "urn:oasis:names:tc:dss:1.0:resultmajor:Success"
ALGORITHM = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
LASTS = timedelta(minutes=10)

_dss, _csig, _saml = (ElementMaker(namespace=uri, nsmap=NAMES) for uri in (DSS, CSIG, SAML))


class Federated:
    """A signing service that the signer is redirected to."""

    name = "federated"
    remote = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def prepare(self, order: Order) -> Asked:
        """Prepare a signature for a certificate yet to be made, and the form that sends the signer to the service."""
        job = pades.prepare(order.pdf, order.field, order.signer, (), order.at, stamped=order.stamped)
        request_id = f"_{secrets.token_hex(16)}"
        request = self._signed(self._request(order, job, request_id))
        return Asked(
            job,
            Ask.REDIRECT,
            self._settings.signing_url,
            {"Binding": "POST/XML/1.0", "RelayState": request_id, "EidSignRequest": base64.b64encode(request).decode()},
            {"request": request_id, "email": order.holder.email, "stamped": order.stamped},
        )

    def answer(self, job: SigningJob, state: Mapping[str, Any], given: Mapping[str, str], holder: Holder) -> Answer:
        """Verify the service's response, and return its signature."""
        response = self._verified(given.get("EidSignResponse", ""))
        if response.get("RequestID") != state["request"] or _text(response, ".//dss:ResultMajor") != SUCCESS:
            raise Refused(Refusal.SERVICE_REFUSED)
        if state["email"].lower() not in _mails(response):
            raise Refused(Refusal.NOT_SIGNER)
        path = ".//csig:SignatureCertificateChain/csig:X509Certificate"
        chain = [_decoded(node.text) for node in response.iterfind(path, NAMES)]
        if not chain:
            raise Refused(Refusal.SERVICE_REFUSED)
        attributes = _decoded(_text(response, ".//csig:SignTaskData/csig:ToBeSignedBytes"))
        if _without_reference(attributes) != _without_reference(job.signed_attributes):
            raise Refused(Refusal.NOT_A_SIGNATURE)
        certificate = x509.load_der_x509_certificate(chain[0])
        signature = _as_der(certificate, _decoded(_text(response, ".//csig:SignTaskData/csig:Base64Signature")))
        roots = keys.signing_roots()
        try:
            longterm.require_path(chain, roots)
            evidence = longterm.evidence_for(chain, roots) if state["stamped"] else Evidence()
        except ServiceUnavailable as error:
            raise Refused(Refusal.SERVICE_REFUSED) from error
        answered = dataclasses.replace(
            job,
            signed_attributes=attributes,
            digest=hashlib.sha256(attributes).digest(),
            certificates=tuple(chain),
        )
        return Answer(signature, answered, certificate, evidence)

    def _request(self, order: Order, job: SigningJob, request_id: str) -> Any:
        settings = self._settings
        message = base64.b64encode(order.description.encode()).decode()
        until = order.at + LASTS
        extension = _csig.SignRequestExtension(
            _csig.RequestTime(_instant(order.at)),
            _saml.Conditions(
                _saml.AudienceRestriction(_saml.Audience(order.return_url)),
                NotBefore=_instant(order.at),
                NotOnOrAfter=_instant(until),
            ),
            _csig.Signer(_saml.Attribute(_saml.AttributeValue(order.holder.email), Name=MAIL)),
            _csig.IdentityProvider(settings.signing_identity_provider, Format=ENTITY),
            _csig.SignRequester(settings.signing_entity, Format=ENTITY),
            _csig.SignService(settings.signing_url, Format=ENTITY),
            _csig.RequestedSignatureAlgorithm(ALGORITHM),
            _csig.SignMessage(_csig.Message(message), MustShow="true", MimeType="text"),
            Version="1.1",
        )
        task = _csig.SignTaskData(
            _csig.ToBeSignedBytes(base64.b64encode(job.signed_attributes).decode()),
            SigType="PDF",
            AdESType="BES",
            SignTaskId="protokoll",
        )
        return _dss.SignRequest(
            _dss.OptionalInputs(extension),
            _dss.InputDocuments(_dss.Other(_csig.SignTasks(task))),
            RequestID=request_id,
            Profile=PROFILE,
        )

    def _signed(self, request: Any) -> bytes:
        """Sign the request with the installation's key, by which the service authenticates it."""
        try:
            pem = Path(self._settings.signing_key).read_bytes()
            certificates = x509.load_pem_x509_certificates(pem)
            method = (
                SignatureMethod.ECDSA_SHA256
                if isinstance(certificates[0].public_key(), ec.EllipticCurvePublicKey)
                else SignatureMethod.RSA_SHA256
            )
            signed = XMLSigner(signature_algorithm=method).sign(request, key=pem, cert=certificates)
        except (OSError, ValueError) as error:
            raise Refused(f"Filen med nyckeln till underskriftstjänsten går inte att läsa: {error}.") from error
        return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))

    def _verified(self, given: str) -> Any:
        """Return the part of the response that the service has signed, and nothing else."""
        try:
            expected = Path(self._settings.signing_service_certificate).read_text()
            result = XMLVerifier().verify(
                base64.b64decode(given),
                x509_cert=expected,
                parser=etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False),
            )
        except OSError as error:
            raise Refused(f"Filen med underskriftstjänstens certifikat går inte att läsa: {error}.") from error
        except (InvalidInput, InvalidSignature, ValueError, etree.XMLSyntaxError) as error:
            raise Refused(Refusal.SERVICE_REFUSED) from error
        signed = result[0].signed_xml if isinstance(result, list) else result.signed_xml
        if signed is None or signed.tag != f"{{{DSS}}}SignResponse":
            raise Refused(Refusal.SERVICE_REFUSED)
        return signed


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(tree: Any, path: str) -> str:
    return str(tree.findtext(path, default="", namespaces=NAMES)).strip()


def _decoded(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except ValueError as error:
        raise Refused(Refusal.SERVICE_REFUSED) from error


def _mails(response: Any) -> Sequence[str]:
    """List the e-mail addresses that the service's identity provider asserted."""
    path = f".//csig:SignerAssertionInfo//saml:Attribute[@Name='{MAIL}']/saml:AttributeValue"
    return [(node.text or "").strip().lower() for node in response.iterfind(path, NAMES)]


def _without_reference(attributes: bytes) -> list[bytes]:
    """Return the attributes except the reference to the signer's certificate, sorted."""
    try:
        return sorted(a.dump() for a in cms.CMSAttributes.load(attributes) if a["type"].native not in REFERENCES)
    except ValueError as error:
        raise Refused(Refusal.SERVICE_REFUSED) from error


def _as_der(certificate: x509.Certificate, signature: bytes) -> bytes:
    """Convert an ECDSA signature from XML's form (r and s concatenated) to CMS's DER; leave RSA unchanged."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 2 * ((key.key_size + 7) // 8):
        return signature
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
