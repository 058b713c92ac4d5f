"""The key and the certificate under which documents are signed; kept with the installation's other keys.

1. A lender puts its own certificate there: `"document_key": {"private", "certificate", "chain"}`, base64 of DER.
2. A set of keys without one signs with a key that follows from its chain key, under a certificate made out to itself:
   it proves that the file was not changed since this installation wrote it, not who this installation is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NAME = "Fairdue installation (certificate of its own)"
VALID_FROM, VALID_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, repr=False)
class DocumentKey:
    """The private key (PKCS #8), its certificate and those above it, each as DER."""

    private: bytes
    certificate: bytes
    chain: tuple[bytes, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, as readers of PDF files show it."""
        return hashlib.sha256(self.certificate).hexdigest()


def read_document_key(listed: Mapping[str, Any] | None, chain_key: bytes) -> DocumentKey:
    """Return the key that signs documents: the one of the set, else the one that follows from the chain key."""
    if not listed:
        seed = hmac.digest(chain_key, b"fairdue document signing key 1", hashlib.sha512)
        return _own_certificate(
            ec.derive_private_key(int.from_bytes(seed) % (ORDER_P256 - 1) + 1, ec.SECP256R1())
        )
    chain = tuple(base64.b64decode(each) for each in listed.get("chain", ()))
    return DocumentKey(base64.b64decode(listed["private"]), base64.b64decode(listed["certificate"]), chain)


def new_document_key() -> dict[str, object]:
    """Return a fresh key with a certificate of its own, in the form in which the set of keys holds it."""
    key = _own_certificate(ec.generate_private_key(ec.SECP256R1()))
    return {
        "private": base64.b64encode(key.private).decode(),
        "certificate": base64.b64encode(key.certificate).decode(),
    }


def _own_certificate(private: ec.EllipticCurvePrivateKey) -> DocumentKey:
    """Return a key with the certificate that it signs itself; the same key gives the same certificate (RFC 6979)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    public = private.public_key()
    number = hashlib.sha256(
        public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).digest()
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder(name, name, public, int.from_bytes(number[:16]) >> 1, VALID_FROM, VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256(), ecdsa_deterministic=True)
    )
    pkcs8 = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DocumentKey(pkcs8, certificate.public_bytes(serialization.Encoding.DER))
