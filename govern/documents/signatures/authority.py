"""The installation's own certificate authority: a self-made root, certificates for signers, signing with their keys.

This is one maker of signatures; a remote service can stand in for it, since `pades.prepare` asks only for a digest to
be signed. Keys are P-256; at rest they are PKCS#8 encrypted with a passphrase.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from govern.write_lock import slow

YEAR = timedelta(days=365)
NEXT_LIST = timedelta(days=7)
"""How long a list of revoked certificates may be used before a newer one is asked for."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where anyone can fetch the authority's list of revoked certificates and its own certificate (http addresses)."""

    crl: str
    root: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key with its certificate, and the certificates above it up to the root."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return the certificate and those above it."""
        return (self.certificate, *self.issuers)

    def export(self, passphrase: bytes) -> bytes:
        """Write key (encrypted) and certificates as PEM.

        Raises:
            ValueError: when the passphrase is empty.
        """
        if not passphrase:
            raise ValueError("a key at rest needs a passphrase")
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase),
        )
        return key + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in self.chain)


@slow("opening a key")
def load_credential(data: bytes, passphrase: bytes) -> Credential:
    """Read a credential back from what `Credential.export` wrote.

    Raises:
        ValueError: when the passphrase is wrong or the data is no such file.
    """
    key = serialization.load_pem_private_key(data, passphrase)
    certificates = x509.load_pem_x509_certificates(data)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key is not an elliptic curve key")
    return Credential(key, certificates[0], tuple(certificates[1:]))


@slow("making a key")
def create_root(organisation: str, at: datetime, years: int = 20) -> Credential:
    """Create the root of an installation, self-signed, valid from `at` (aware)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation[:50]} underskrift"),
        ]
    )
    builder = _certificate(name, name, key.public_key(), at, at + years * YEAR).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    builder = builder.add_extension(_usage(authority=True), critical=True)
    return Credential(key, builder.sign(key, hashes.SHA256()))


@slow("making a key")
def issue(
    root: Credential,
    name: str,
    at: datetime,
    *,
    serial_number: str = "",
    years: int = 5,
    published: Published | None = None,
) -> Credential:
    """Issue a key and a certificate to a person; `serial_number` tells namesakes apart in the certificate.

    The certificate says where revocations are `published`; it never outlives the root.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
        x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
    ]
    if serial_number:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number[:64]))
    issuer = root.certificate
    until = min(at + years * YEAR, issuer.not_valid_after_utc)
    builder = _certificate(x509.Name(attributes), issuer.subject, key.public_key(), at, until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
    )
    if published is not None:
        builder = _tell_where(builder, published)
    return Credential(key, builder.sign(root.key, hashes.SHA256()), root.chain)


def sign(credential: Credential, digest: bytes) -> bytes:
    """Sign a SHA-256 digest (32 bytes), as `SigningJob.digest` asks for; the answer goes to `pades.finish`."""
    return credential.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


@slow("signing the list of revoked certificates")
def revocation_list(root: Credential, revoked: Iterable[tuple[int, datetime]], at: datetime) -> bytes:
    """Write and sign the list of revoked certificates, given as (serial number, when it was revoked); DER.

    Its number grows with the clock, so that a later list never has a lower one.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(at)
        .next_update(at + NEXT_LIST)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    for serial, since in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _tell_where(builder: x509.CertificateBuilder, published: Published) -> x509.CertificateBuilder:
    place = x509.DistributionPoint([x509.UniformResourceIdentifier(published.crl)], None, None, None)
    issuer = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(published.root)
    )
    return builder.add_extension(x509.CRLDistributionPoints([place]), critical=False).add_extension(
        x509.AuthorityInformationAccess([issuer]), critical=False
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
