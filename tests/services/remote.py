"""Small doubles of two remote signing services, as their specifications have them, over real HTTP on loopback."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from lxml.builder import ElementMaker
from signxml.algorithms import SignatureMethod
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier
from werkzeug import Request, Response
from werkzeug.serving import make_server

from govern.documents.signatures import authority
from govern.documents.signatures.authority import Credential
from govern.protocols.signing.makers.federated import CSIG, DSS, MAIL, NAMES, PROFILE, SAML, SUCCESS

TOKEN, PIN, OTP = "installation", "1234", "987654"


def pem(credential: Credential) -> bytes:
    """Write a key and its certificate without a passphrase, for a service's settings."""
    key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key + credential.certificate.public_bytes(Encoding.PEM)


@dataclass
class Csc:
    """A Cloud Signature Consortium service (1.0.4) with one signer; it keeps what it was asked."""

    signer: Credential
    email: str
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sads: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response:
        """Answer one call."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response("{}", 401)
        call, body = request.path.removeprefix("/csc/v1/"), json.loads(request.data)
        self.asked.append((call, body))
        answer = getattr(self, call.replace("/", "_"))(body)
        said = json.dumps(answer or {"error": "invalid_request"})
        return Response(said, 200 if answer else 400, mimetype="application/json")

    def credentials_list(self, body: dict[str, Any]) -> dict[str, Any]:
        """List the credentials of a user."""
        return {"credentialIDs": ["key-1"] if body["userID"] == self.email else []}

    def credentials_info(self, body: dict[str, Any]) -> dict[str, Any]:
        """Describe a credential."""
        chain = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in self.signer.chain]
        return {
            "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256},
            "cert": {"status": "valid", "certificates": chain},
            "authMode": "explicit",
            "SCAL": "2",
            "PIN": {"presence": "true"},
            "OTP": {"presence": "true"},
            "multisign": 1,
        }

    def credentials_authorize(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return activation data, bound to the digests, for the right codes."""
        if (body.get("PIN"), body.get("OTP")) != (PIN, OTP):
            return None
        self.sads["sad"] = body["hash"]
        return {"SAD": "sad", "expiresIn": 60}

    def signatures_signHash(self, body: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802 — the call's name
        """Sign the digests that the activation data is bound to."""
        if self.sads.pop(body["SAD"], None) != body["hash"]:
            return None
        digests = [base64.b64decode(text) for text in body["hash"]]
        return {"signatures": [base64.b64encode(authority.sign(self.signer, d)).decode() for d in digests]}


@dataclass
class Federated:
    """A service after Sweden Connect's DSS extension: it knows the requester, and signs as whoever identifies."""

    root: Credential
    own: Credential
    requester: x509.Certificate
    name: str
    email: str
    alter: bool = False

    def answer(self, request: str, relay: str) -> dict[str, str]:
        """Do what the service does between the two posts of the signer's browser; give the fields of the second."""
        parsed = base64.b64decode(request)
        asked: Any = (
            XMLVerifier().verify(parsed, x509_cert=self.requester.public_bytes(Encoding.PEM).decode()).signed_xml  # type: ignore[union-attr]
        )
        assert asked.get("RequestID") == relay
        now = datetime.now(UTC)
        signer = authority.issue(self.root, self.name, now - timedelta(seconds=5))
        der = base64.b64decode(asked.findtext(".//csig:ToBeSignedBytes", namespaces=NAMES))
        attributes = self._with_reference(der, signer.certificate)
        halves = decode_dss_signature(signer.key.sign(attributes, ec.ECDSA(hashes.SHA256())))
        signature = b"".join(half.to_bytes(32, "big") for half in halves)
        response = self._response(relay, attributes, signature, signer)
        signed = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256).sign(
            response, key=pem(self.own), cert=[self.own.certificate]
        )
        return {"RelayState": relay, "EidSignResponse": base64.b64encode(etree.tostring(signed)).decode()}

    def _with_reference(self, der: bytes, certificate: x509.Certificate) -> bytes:
        attributes = list(cms.CMSAttributes.load(der))
        if self.alter:
            for attribute in attributes:
                if attribute["type"].native == "message_digest":
                    attribute["values"] = [bytes(32)]
        digest = hashes.Hash(hashes.SHA256())
        digest.update(certificate.public_bytes(Encoding.DER))
        reference = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": digest.finalize()})]})
        attributes.append(cms.CMSAttribute({"type": "signing_certificate_v2", "values": [reference]}))
        return bytes(cms.CMSAttributes(attributes).dump())

    def _response(self, relay: str, attributes: bytes, signature: bytes, signer: Credential) -> Any:
        dss, csig, saml = (ElementMaker(namespace=uri, nsmap=NAMES) for uri in (DSS, CSIG, SAML))
        chain = [csig.X509Certificate(base64.b64encode(c.public_bytes(Encoding.DER)).decode()) for c in signer.chain]
        statement = saml.AttributeStatement(saml.Attribute(saml.AttributeValue(self.email), Name=MAIL))
        task = csig.SignTaskData(
            csig.ToBeSignedBytes(base64.b64encode(attributes).decode()),
            csig.Base64Signature(base64.b64encode(signature).decode()),
            SigType="PDF",
            SignTaskId="protokoll",
        )
        return dss.SignResponse(
            dss.Result(dss.ResultMajor(SUCCESS)),
            dss.OptionalOutputs(
                csig.SignResponseExtension(
                    csig.SignerAssertionInfo(statement), csig.SignatureCertificateChain(*chain), Version="1.1"
                )
            ),
            dss.SignatureObject(dss.Other(csig.SignTasks(task))),
            RequestID=relay,
            Profile=PROFILE,
        )

    def __call__(self, request: Request) -> Response:
        """Answer the signer's browser with the form that takes it back, as JSON for the test."""
        fields = self.answer(request.form["EidSignRequest"], request.form["RelayState"])
        return Response(json.dumps(fields), mimetype="application/json")


@contextmanager
def serving(service: Any) -> Iterator[str]:
    """Serve a double; give its address."""
    server = make_server("127.0.0.1", 0, Request.application(service), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
