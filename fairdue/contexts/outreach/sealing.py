"""Which columns of outreach hold sealed values, and what for."""

from __future__ import annotations

from fairdue.contexts.outreach.composing import CONTENT_PURPOSE
from fairdue.contexts.outreach.local.exchange import NUMBER_PURPOSE
from fairdue.contexts.outreach.local.provider import RECIPIENT_PURPOSE, TEXT_PURPOSE
from fairdue.storage.resealing import SealedColumn

SEALED_COLUMNS = (
    SealedColumn("outreach_message", "content_sealed", CONTENT_PURPOSE),
    SealedColumn("outreach_message", "earlier_content_sealed", CONTENT_PURPOSE),
    SealedColumn("outreach_localprovidermessage", "recipient_sealed", RECIPIENT_PURPOSE),
    SealedColumn("outreach_localprovidermessage", "text_sealed", TEXT_PURPOSE),
    SealedColumn("outreach_localcall", "number_sealed", NUMBER_PURPOSE),
    SealedColumn("outreach_errand", "content_sealed", CONTENT_PURPOSE),
)
"""Replies inside provider events are history: they keep their seals."""
