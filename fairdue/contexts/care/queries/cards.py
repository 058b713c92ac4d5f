"""Rows as cards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, cast

from fairdue.kernel.money import Money

from ..contracts import (
    AnswerCard,
    AnswerParts,
    DisputedPart,
    DocumentCard,
    EntryCard,
    MatterCard,
    MatterClock,
    MatterKind,
    MatterState,
)
from ..models import Answer, Document, Entry, Matter
from ..sealing import ANSWER, ENTRY, NAME, RETURN, unseal
from .clocks import clocks_of


def cards_of(rows: Iterable[Matter], now: datetime) -> tuple[MatterCard, ...]:
    """Return matters as cards, with their clocks in one query."""
    listed = list(rows)
    clocks = clocks_of(listed, now)
    return tuple(card_of(row, clocks[row.pk]) for row in listed)


def card_of(row: Matter, clock: MatterClock, *, is_repeated: bool = False) -> MatterCard:
    """Return one matter as a card."""
    return MatterCard(
        matter_id=row.pk, number=number_of(row.pk), kind=cast(MatterKind, row.kind), cause=row.cause,
        state=cast(MatterState, row.state), person_id=row.person_id, account_ids=tuple(row.account_ids),
        channel=row.channel, opened_at=row.opened_at, opened_by=row.opened_by, answer_due_at=clock.due_at, clock=clock,
        handler=row.handler, handler_id=row.handler_id, suggestions=tuple(row.suggestions), outcome=row.outcome,
        answered_at=row.answered_at, closed_at=row.closed_at, request_id=row.request_id, hold_id=row.hold_id,
        disputed=parts_in(row.disputed),
        correction_request_ids=tuple(row.correction_request_ids), details=row.details, is_repeated=is_repeated,
    )  # fmt: skip


def number_of(matter_id: int) -> str:
    """Return the number that a person is given: the matter's own with two check digits (ISO 7064)."""
    return f"M{matter_id:07d}-{98 - (matter_id * 100) % 97:02d}"


def parts_in(disputed: Iterable[Mapping[str, Any]]) -> tuple[DisputedPart, ...]:
    """Return what a row says that the ledger leaves out."""
    return tuple(
        DisputedPart(
            account_id=each["account_id"], transaction_id=each["transaction_id"], component=each["component"],
            amount=Money(each["amount_minor"], each["currency"]),
        )
        for each in disputed
    )  # fmt: skip


def entry_card(row: Entry) -> EntryCard:
    """Return one thing that happened as a card."""
    return EntryCard(
        entry_id=row.pk, kind=row.kind, words=unseal(row.words_sealed, ENTRY), by=row.by, by_kind=row.by_kind, at=row.at,
        is_shared=row.is_shared, facts=row.facts,
    )  # fmt: skip


def answer_card(row: Answer) -> AnswerCard:
    """Return one answer as a card."""
    state = cast(Literal["waiting", "given", "returned"], row.state)
    return AnswerCard(
        answer_id=row.pk, outcome=row.outcome, parts=parts_of(row), state=state, written_by=row.written_by,
        written_by_id=row.written_by_id, written_at=row.written_at, decided_by=row.decided_by,
        decided_at=row.decided_at, return_reason=unseal(row.return_sealed, RETURN), letter_id=row.letter_id,
        correction_minor=row.correction_minor,
    )  # fmt: skip


def parts_of(row: Answer) -> AnswerParts:
    """Return the four parts; those whose time is over are empty."""
    said = json.loads(unseal(row.parts_sealed, ANSWER) or "{}")
    return AnswerParts(**{name: said.get(name, "") for name in AnswerParts.__dataclass_fields__})


def document_card(row: Document) -> DocumentCard:
    """Return one document as a card."""
    return DocumentCard(
        document_id=row.pk, matter_id=row.matter_id, name=unseal(row.name_sealed, NAME), media_type=row.media_type,
        size=row.size, kind=cast(Literal["upload", "letter"], row.kind), added_by=row.added_by,
        added_by_kind=row.added_by_kind, added_at=row.added_at,
    )  # fmt: skip
