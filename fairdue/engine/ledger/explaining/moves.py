"""What one event or opening did to one ledger account, and the working of a charge that this house computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from fairdue.engine.ledger.explaining.facts import Facts, Happening, Line, latest
from fairdue.engine.ledger.explaining.tree import Piece, Word
from fairdue.engine.ledger.explaining.working import working_of

KEEPING = "keeping"
"""The source of the charges and reversals of a kept contract."""


def moves(facts: Facts, code: str, sign: int = 1) -> tuple[Piece, ...]:
    """Return what each event, opening and due item did to a ledger account, in the order of their days.

    1. One piece an event, whatever corrections its postings had since; an event that in the end changed
       nothing here is left out.
    2. `sign` -1 reads the account by its credit side.
    3. Charges that the house kept, and took back when later news made them different, cancel out with their
       reversals; they stand together in one piece of nothing, the last.
    """
    lines = [line for line in facts.lines if line.moves(code)]
    groups: dict[tuple[int, str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault(_group(line), []).append(line)
    pieces = [_move(facts, code, sign, found) for found in groups.values()]
    ordered = sorted(
        (piece for piece in pieces if piece.amount),
        key=lambda piece: (piece.effective_date, piece.phrase),
    )
    return _cancelled_apart(facts, ordered)


def _cancelled_apart(facts: Facts, pieces: list[Piece]) -> tuple[Piece, ...]:
    by_event = {piece.transaction_id: piece for piece in pieces if piece.transaction_id is not None}
    pairs: list[Piece] = []
    for number, back in by_event.items():
        happening = facts.happenings[number]
        charge = by_event.get(happening.reverses_id or 0)
        if happening.source == KEEPING and charge is not None and charge.amount + back.amount == 0:
            pairs += (charge, back)
    if not pairs:
        return tuple(pieces)
    apart = {piece.transaction_id for piece in pairs}
    left = tuple(piece for piece in pieces if piece.transaction_id not in apart)
    together = Piece(phrase="move.cancelled", amount=0, words={"count": len(pairs) // 2}, parts=tuple(pairs))
    return (*left, together)


def _group(line: Line) -> tuple[int, str, str]:
    """Return what belongs together: an event; else what is of one kind and day."""
    if line.transaction_id is not None:
        return line.transaction_id, "", ""
    return 0, line.kind, f"{line.effective_date}"


def _move(facts: Facts, code: str, sign: int, lines: list[Line]) -> Piece:
    amount = sign * sum(line.moves(code) for line in lines)
    happening = facts.happenings.get(lines[0].transaction_id or 0)
    parts = _by_due(facts, code, sign, lines)
    return Piece(
        phrase=phrase_of(happening, lines),
        amount=amount,
        words=words_of(facts, happening, lines),
        subject=f"transaction:{happening.id}" if happening else "",
        parts=parts if len(parts) > 1 else (),
        line_ids=tuple(line.id for line in lines),
        transaction_id=happening.id if happening else None,
        effective_date=happening.effective_date if happening else lines[0].effective_date,
        recorded_at=happening.recorded_at if happening else latest(lines),
        **_why(facts, happening),
    )


def _by_due(facts: Facts, code: str, sign: int, lines: Iterable[Line]) -> tuple[Piece, ...]:
    ordered = sorted(lines, key=lambda line: (line.due_item_id or 0, line.id))
    found = []
    for item_id, group in groupby(ordered, key=lambda line: line.due_item_id):
        mine = list(group)
        due = facts.dues_by_id.get(item_id or 0)
        amount = sign * sum(line.moves(code) for line in mine)
        if amount:
            found.append(
                Piece(
                    phrase="move.due" if due else "move.balance",
                    amount=amount,
                    words={"ref": due.ref, "day": due.due_date} if due else {},
                    line_ids=tuple(line.id for line in mine),
                    effective_date=mine[-1].effective_date,
                    recorded_at=latest(mine),
                )
            )
    return tuple(found)


def phrase_of(happening: Happening | None, lines: list[Line]) -> str:
    """Return the code of the sentence of an event, or of postings without one."""
    if happening is not None:
        return f"move.{happening.kind}"
    return f"move.{lines[0].kind}" if lines[0].kind in ("opening", "charge") else "move.correction"


def words_of(facts: Facts, happening: Happening | None, lines: list[Line]) -> Mapping[str, Word]:
    """Return what the sentence of an event may name."""
    if happening is None:
        return {"day": lines[0].effective_date}
    reversed_one = facts.happenings.get(happening.reverses_id or 0)
    return {
        "day": happening.effective_date,
        "number": happening.id,
        "total": facts.money(happening.amount),
        "component": f"#{happening.component or 'principal'}",
        "of": happening.reverses_id or 0,
        "of_day": reversed_one.effective_date if reversed_one else happening.effective_date,
    }


def _why(facts: Facts, happening: Happening | None) -> dict[str, Any]:
    """Return rule, citation and working: of a charge those it was kept with, of money the order of payment."""
    if happening is None:
        return {}
    why = happening.details.get("why")
    if isinstance(why, Mapping):
        return {
            "rule": str(why.get("rule", "")),
            "citation": citation_of(why.get("citation")),
            "working": working_of(why, facts.currency, happening.amount),
        }
    if happening.kind in ("payment", "credit"):
        return {"rule": facts.rule.code, "citation": facts.citation(happening)}
    return {}


def citation_of(value: Any) -> Mapping[str, str]:
    """Return a citation in both languages, given as a text or as texts."""
    if isinstance(value, Mapping):
        return {language: str(value.get(language, "")) for language in ("zh", "en")}
    return {"zh": str(value), "en": str(value)} if value else {}
