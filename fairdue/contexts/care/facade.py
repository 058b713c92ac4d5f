"""The only module of care that others import.

Who opens a matter from a page or a file calls the journey `journeys.care.open_matter`, which takes the same arguments and
also lets the ledger, consents and contact points follow.
"""

from __future__ import annotations

from .contracts import (
    AnswerCard,
    AnswerParts,
    CareRefused,
    Choice,
    DisputedPart,
    DocumentCard,
    DocumentContent,
    DocumentRefused,
    DocumentUnknown,
    EntryCard,
    KindTerms,
    MatterCard,
    MatterClock,
    MatterDetail,
    MatterFigures,
    MatterPage,
    MatterUnknown,
)
from .lexicon import Sign, has_urgent, signs, suggested
from .operations.answering import answer, approve_answer, attach_letter, return_answer, settle_at_once
from .operations.closing import NightReport, add_words, close, sweep_matters, withdraw
from .operations.documents import LIMITS as UPLOAD_LIMITS
from .operations.documents import add_document, keep_letter, open_document
from .operations.following import note_corrections, note_disputed, note_released, with_corrections
from .operations.handling import hand_over, name_staff, take
from .operations.opening import open_matter
from .operations.warning import note_extended, note_warned
from .queries.complaints import complaint_instants
from .queries.figures import matter_figures
from .queries.matters import STATES, matter, matter_counts, matter_queue, matters_of
from .queries.pressing import callback_wishes, extended_untold, matters_ahead, overseers, untold
from .reference import kind_terms, terms_of
from .sealing import SEALED_COLUMNS

document = open_document

__all__ = [
    "SEALED_COLUMNS",
    "STATES",
    "UPLOAD_LIMITS",
    "AnswerCard",
    "AnswerParts",
    "CareRefused",
    "Choice",
    "DisputedPart",
    "DocumentCard",
    "DocumentContent",
    "DocumentRefused",
    "DocumentUnknown",
    "EntryCard",
    "KindTerms",
    "MatterCard",
    "MatterClock",
    "MatterDetail",
    "MatterFigures",
    "MatterPage",
    "MatterUnknown",
    "NightReport",
    "Sign",
    "add_document",
    "add_words",
    "answer",
    "approve_answer",
    "attach_letter",
    "callback_wishes",
    "close",
    "complaint_instants",
    "document",
    "extended_untold",
    "hand_over",
    "has_urgent",
    "keep_letter",
    "kind_terms",
    "matter",
    "matter_counts",
    "matter_figures",
    "matter_queue",
    "matters_ahead",
    "matters_of",
    "name_staff",
    "note_corrections",
    "note_disputed",
    "note_extended",
    "note_released",
    "note_warned",
    "open_document",
    "open_matter",
    "overseers",
    "return_answer",
    "settle_at_once",
    "signs",
    "suggested",
    "sweep_matters",
    "take",
    "terms_of",
    "untold",
    "with_corrections",
    "withdraw",
]
