"""What of arrangements is sealed, and how."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from fairdue.engine.negotiation.case import Situation
from fairdue.storage.resealing import SealedColumn

from .offer_codec import situation_document, situation_of

SITUATION_PURPOSE = "arrangements.assessment.situation"
DATA_PURPOSE = "arrangements.agreement.data"
PDF_PURPOSE = "arrangements.agreement.pdf"
DRAFT_PURPOSE = "arrangements.draft.answers"

SEALED_COLUMNS = (
    SealedColumn("arrangements_situationdraft", "answers_sealed", DRAFT_PURPOSE, "person_id"),
    SealedColumn("arrangements_assessment", "situation_sealed", SITUATION_PURPOSE),
    SealedColumn("arrangements_agreementdocument", "data_sealed", DATA_PURPOSE, "agreement_id"),
    SealedColumn("arrangements_agreementdocument", "pdf_sealed", PDF_PURPOSE, "agreement_id"),
)


def seal_situation(situation: Situation) -> bytes:
    """Return a situation, sealed."""
    return seal_json(situation_document(situation), SITUATION_PURPOSE)


def open_situation(sealed: bytes | memoryview | None) -> Situation | None:
    """Return a sealed situation; None once a deletion run has erased it."""
    if sealed is None:
        return None
    return situation_of(json.loads(settings.FIELD_KEYS.open(bytes(sealed), SITUATION_PURPOSE)))


def seal_json(document: Mapping[str, Any], purpose: str) -> bytes:
    """Return a document, sealed."""
    return settings.FIELD_KEYS.seal(json.dumps(document, ensure_ascii=False), purpose)


def open_json(sealed: bytes | memoryview | None, purpose: str) -> dict[str, Any]:
    """Return a sealed document; empty once a deletion run has erased it."""
    return {} if sealed is None else json.loads(settings.FIELD_KEYS.open(bytes(sealed), purpose))


def seal_pdf(pdf: bytes) -> bytes:
    """Return a file, sealed."""
    return settings.FIELD_KEYS.seal(base64.b64encode(pdf).decode(), PDF_PURPOSE)


def open_pdf(sealed: bytes | memoryview) -> bytes:
    """Return a sealed file."""
    return base64.b64decode(settings.FIELD_KEYS.open(bytes(sealed), PDF_PURPOSE))
