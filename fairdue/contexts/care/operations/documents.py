"""Documents: looked at, sealed in chunks, opened for who may read them, and every opening recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.uploads.findings import Limits, UploadRefused
from fairdue.engine.uploads.looking import look_at
from fairdue.kernel.actor import Actor

from ..contracts import DocumentCard, DocumentContent, DocumentRefused, DocumentUnknown
from ..models import Document, DocumentChunk, Matter
from ..queries.cards import document_card
from ..scope import locked, scoped
from ..sealing import CONTENT, NAME, seal
from .handling import require_live
from .noting import note

CHUNK = 256 * 1024
MOST = 20
"""Documents of one matter."""
DIGEST = "care.document.digest"
LIMITS = Limits()


def add_document(
    *, matter_id: int, name: str, claimed_type: str, chunks: Iterable[bytes], actor: Actor, now: datetime
) -> DocumentCard:
    """This function will look at a file, seal it in pieces and add it to a matter.

    1. Reading stops at the first byte beyond the size that is taken; nothing of a refused file is kept.
    2. The bytes decide what it is (`engine.uploads`); its name is sealed, and never part of a path.
    3. The same file twice is one document.

    :raises PermissionRefused: for staff without `care.view`
    :raises MatterUnknown: if there is no such matter in the actor's scope
    :raises DocumentRefused: if the file may not be kept, or the matter is closed or full
    """
    if actor.kind != "borrower":
        actor.require("care.view")
    content = capped(chunks)
    try:
        accepted = look_at(content, name=name, claimed_type=claimed_type, limits=LIMITS)
    except UploadRefused as refused:
        raise DocumentRefused(refused.code, str(refused)) from refused
    with transaction.atomic():
        row = locked(matter_id, actor)
        require_live(row)
        return keep(
            row, content, name=name, media_type=accepted.media_type, kind="upload", actor=actor, now=now
        )


def keep_letter(*, matter_id: int, name: str, content: bytes, actor: Actor, now: datetime) -> DocumentCard:
    """This function will keep a letter of the house with its matter, sealed like every document."""
    with transaction.atomic():
        row = locked(matter_id, actor)
        return keep(
            row, content, name=name, media_type="application/pdf", kind="letter", actor=actor, now=now
        )


def capped(chunks: Iterable[bytes]) -> bytes:
    """Return what a stream holds, or stop at the first byte too many.

    :raises DocumentRefused: so
    """
    pieces, size = [], 0
    for piece in chunks:
        size += len(piece)
        if size > LIMITS.size:
            raise DocumentRefused("care.upload.too_large", f"more than {LIMITS.size} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def keep(
    row: Matter, content: bytes, *, name: str, media_type: str, kind: str, actor: Actor, now: datetime
) -> DocumentCard:
    """This function will seal and store a document of a locked matter.

    :raises DocumentRefused: if the matter is full
    """
    digest = _digest(content)
    same = row.documents.filter(digest=digest, kind="upload").first() if kind == "upload" else None
    if same is not None:
        return document_card(same)
    if kind == "upload" and row.documents.filter(kind="upload").count() >= MOST:
        raise DocumentRefused("care.document.too_many", f"at most {MOST} documents a matter")
    document = Document.objects.create(
        matter=row, person_id=row.person_id, kind=kind, name_sealed=seal(safe_name(name), NAME), media_type=media_type,
        size=len(content), digest=digest, added_by_kind=actor.kind, added_by_id=actor.id, added_by=actor.label,
        added_at=now,
    )  # fmt: skip
    DocumentChunk.objects.bulk_create(
        DocumentChunk(
            document=document, position=place,
            content_sealed=settings.FIELD_KEYS.seal_bytes(content[start : start + CHUNK], CONTENT),
        )
        for place, start in enumerate(range(0, len(content), CHUNK))
    )  # fmt: skip
    note(
        row, "document_added", actor=actor, now=now, is_shared=True,
        facts={"document": document.pk, "type": media_type, "size": len(content), "document_kind": kind},
    )  # fmt: skip
    return document_card(document)


def open_document(*, document_id: int, actor: Actor, now: datetime) -> DocumentContent:
    """This function will open a document for somebody in whose scope its matter is, and record that it was opened.

    1. A borrower opens their own only; somebody else's reads like none. 2. Altered content is not handed out.

    :raises PermissionRefused: for staff without `care.view`
    :raises DocumentUnknown: if there is none in the actor's scope, or its content was altered or erased
    """
    if actor.kind != "borrower":
        actor.require("care.view")
    document = Document.objects.filter(pk=document_id, matter__in=scoped(actor)).first()
    if document is None:
        raise DocumentUnknown(f"no document {document_id}")
    pieces = document.chunks.order_by("position").values_list("content_sealed", flat=True)
    content = b"".join(settings.FIELD_KEYS.open_bytes(bytes(piece), CONTENT) for piece in pieces)
    if len(content) != document.size or _digest(content) != bytes(document.digest):
        raise DocumentUnknown(f"document {document_id} is not as it was kept")
    with transaction.atomic():
        audit.record(
            code="care.document.opened", actor=actor, subject_type="document", subject_id=document.pk,
            person_id=document.person_id, now=now,
            after={"matter": document.matter_id, "type": document.media_type, "size": document.size},
        )  # fmt: skip
    return DocumentContent(card=document_card(document), content=content)


def safe_name(name: str) -> str:
    """Return a file's name as it is shown and downloaded: no path, no control signs, no bidirectional tricks."""
    base = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        sign for sign in base if sign.isprintable() and sign not in '<>:"|?*\u202e\u202d\u200f\u200e'
    )
    stem, dot, extension = shown.strip(". ").rpartition(".")
    return f"{(stem or 'document')[:80]}{dot or '.'}{extension[:10]}" if shown else "document"


def _digest(content: bytes) -> bytes:
    return bytes(settings.FIELD_KEYS.search_hash(hashlib.sha256(content).hexdigest(), DIGEST))
