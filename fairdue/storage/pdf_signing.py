"""Sign the PDF files that leave this house, and read who signed one: PAdES (ETSI EN 319 142-1) by pyHanko.

1. Level B-B: the signature covers the whole file; any change after it is found.
2. Level B-T when `FAIRDUE_TSA_URL` names a time-stamping authority (RFC 3161): it proves that the file existed then.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from asn1crypto import keys, x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from .document_keys import DocumentKey

T = TypeVar("T")
ROOM = 24_576
TSA_SECONDS = 4


class TimestampUnavailable(RuntimeError):
    """The time-stamping authority did not answer; nothing was signed."""


class PdfUnreadable(ValueError):
    """These bytes are no PDF file that can be signed or read."""


@dataclass(frozen=True)
class SignedBy:
    """Who signed a PDF file, when, and whether the file is still what was signed.

    `is_intact`: the bytes are those signed and nothing was added after. `is_ours`: the certificate is this installation's.
    `stamped_at`: what a time-stamping authority attests; the authority's own standing is not judged here.
    """

    signer: str
    fingerprint: str
    reason: str
    signed_at: datetime | None
    stamped_at: datetime | None
    is_intact: bool
    is_ours: bool


def sign_pdf(pdf: bytes, *, reason: str, now: datetime, is_stamped: bool = True) -> bytes:
    """Return the file with a signature of this installation that covers it whole.

    1. `now` is the signing time that the file states; a time stamp is taken when an authority is configured,
       unless the caller can do without one (`is_stamped`).

    :raises PdfUnreadable: if this is no PDF file
    :raises TimestampUnavailable: if the authority does not answer within four seconds
    """
    meta = signers.PdfSignatureMetadata(
        field_name="Signature", md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES
    )
    stamper = _timestamper(settings.TSA_URL) if is_stamped else None
    signer = _Signer(meta, signer=_signer(settings.DOCUMENT_KEY), timestamper=stamper)
    signer.now = now
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signed = _apart(lambda: signer.sign_pdf(writer, bytes_reserved=ROOM))
    except TimestampRequestError as error:
        raise TimestampUnavailable("the time-stamping authority did not answer") from error
    except PdfError as error:
        raise PdfUnreadable("these bytes are no PDF file that can be signed") from error
    return bytes(signed.getbuffer())


def verify_pdf(pdf: bytes) -> SignedBy | None:
    """Return who signed a PDF file, or None if nobody did.

    :raises PdfUnreadable: if this is no PDF file
    """
    try:
        found = list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
        if not found:
            return None
        embedded = found[-1]
        certificate = embedded.signer_cert
        known = ValidationContext(trust_roots=[certificate], allow_fetching=False)
        status = _apart(lambda: validate_pdf_signature(embedded, known))
    except (PdfError, ValueError) as error:
        raise PdfUnreadable("these bytes are no PDF file that can be read") from error
    stamp = status.timestamp_validity
    return SignedBy(
        signer=certificate.subject.human_friendly,
        fingerprint=certificate.sha256.hex(),
        reason=str(embedded.sig_object.get("/Reason", "")),
        signed_at=embedded.self_reported_timestamp,
        stamped_at=stamp.timestamp if stamp and stamp.valid and stamp.intact else None,
        is_intact=bool(status.intact and status.valid and _covers_all(status)),
        is_ours=certificate.dump() == settings.DOCUMENT_KEY.certificate,
    )


def _apart(work: Callable[[], T]) -> T:
    """Do what starts an event loop of its own in a thread that has none: the caller may be inside of one."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="signing") as thread:
        return thread.submit(work).result()


def _covers_all(status: Any) -> bool:
    return status.coverage is not None and status.coverage.name == "ENTIRE_FILE"


class _Signer(signers.PdfSigner):
    """The library's signer, with the clock as an argument."""

    now: datetime

    def init_signing_session(self, *args: Any, **named: Any) -> Any:
        session = super().init_signing_session(*args, **named)
        session.system_time = self.now
        return session


@cache
def _signer(key: DocumentKey) -> signers.SimpleSigner:
    above = SimpleCertificateStore.from_certs([x509.Certificate.load(each) for each in key.chain])
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(key.certificate),
        signing_key=keys.PrivateKeyInfo.load(key.private),
        cert_registry=above,
    )


def _timestamper(url: str) -> TimeStamper | None:
    return RequestsHTTPTimeStamper(url, timeout=TSA_SECONDS) if url else None
