"""What care seals, and for which purpose."""

from __future__ import annotations

from django.conf import settings

from fairdue.storage.resealing import SealedColumn

WORDS = "care.matter.words"
ENTRY = "care.entry.words"
ANSWER = "care.answer.parts"
RETURN = "care.answer.return"
NAME = "care.document.name"
CONTENT = "care.document.content"

SEALED_COLUMNS = (
    SealedColumn("care_matter", "words_sealed", WORDS),
    SealedColumn("care_entry", "words_sealed", ENTRY),
    SealedColumn("care_answer", "parts_sealed", ANSWER),
    SealedColumn("care_answer", "return_sealed", RETURN),
    SealedColumn("care_document", "name_sealed", NAME),
    SealedColumn("care_documentchunk", "content_sealed", CONTENT),
)
"""Every sealed column of this context with its purpose; key rotation walks through them."""


def seal(text: str, purpose: str) -> bytes | None:
    """Seal words; empty ones are none."""
    return settings.FIELD_KEYS.seal(text, purpose) if text else None


def unseal(sealed: bytes | memoryview | None, purpose: str) -> str:
    """Open words; what was erased is empty."""
    return settings.FIELD_KEYS.open(bytes(sealed), purpose) if sealed else ""
