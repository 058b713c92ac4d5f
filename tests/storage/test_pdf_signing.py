from __future__ import annotations

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from fairdue.engine.documents.rendering import render_pdf
from fairdue.storage.document_keys import new_document_key, read_document_key
from fairdue.storage.pdf_signing import PdfUnreadable, TimestampUnavailable, sign_pdf, verify_pdf

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STAMPED = datetime(2026, 11, 22, 9, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def letter():
    return render_pdf("letter", {"title": "结清证明", "date": "2026-11-22"}, language="zh-hans")


@pytest.fixture(scope="module")
def authority():
    """A time-stamping authority on this machine: a certificate of its own behind a real HTTP address."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A local authority")])
    until = datetime(2036, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, datetime(2026, 1, 1, tzinfo=UTC), until)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pkcs8 = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(pkcs8),
        fixed_dt=STAMPED,
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            body = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_signed_file_says_who_signed_it_and_when(letter):
    signed = sign_pdf(letter, reason="结清证明", now=NOW)
    assert signed.startswith(letter)
    read = verify_pdf(signed)
    assert read is not None
    assert (read.is_intact, read.is_ours, read.reason) == (True, True, "结清证明")
    assert (read.signed_at, read.stamped_at) == (NOW, None)
    assert verify_pdf(letter) is None


def test_a_change_of_one_byte_or_an_addition_after_the_signature_is_found(letter):
    signed = sign_pdf(letter, reason="x", now=NOW)
    place = signed.index(b"/Title") + 1
    changed = verify_pdf(signed[:place] + b"F" + signed[place + 1 :])
    assert changed is not None and not changed.is_intact
    added = verify_pdf(sign_pdf_of_another(signed))
    assert added is not None and not added.is_ours


def sign_pdf_of_another(pdf: bytes) -> bytes:
    from fairdue.storage import pdf_signing

    other = read_document_key(new_document_key(), b"")
    meta = pdf_signing.signers.PdfSignatureMetadata(field_name="Other", md_algorithm="sha256")
    writer = pdf_signing.IncrementalPdfFileWriter(pdf_signing.io.BytesIO(pdf))
    signer = pdf_signing._signer(other)
    return pdf_signing._apart(lambda: pdf_signing.signers.sign_pdf(writer, meta, signer)).getvalue()


def test_a_configured_authority_stamps_the_time(letter, authority, settings):
    settings.TSA_URL = authority
    read = verify_pdf(sign_pdf(letter, reason="x", now=NOW))
    assert read is not None
    assert (read.is_intact, read.stamped_at) == (True, STAMPED)


def test_an_authority_that_does_not_answer_is_said_and_nothing_is_signed(letter, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(TimestampUnavailable):
        sign_pdf(letter, reason="x", now=NOW)


def test_what_is_no_pdf_is_refused():
    for call in (lambda: sign_pdf(b"MZ", reason="x", now=NOW), lambda: verify_pdf(b"MZ")):
        with pytest.raises(PdfUnreadable):
            call()


def test_keys_without_a_document_key_always_sign_under_the_same_certificate():
    first = read_document_key(None, b"one chain key")
    assert first == read_document_key(None, b"one chain key")
    assert first.fingerprint != read_document_key(None, b"another").fingerprint
