"""What is asked: one due item, what is overdue, and what has to be paid by the next due date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fairdue.engine.ledger.explaining.facts import Due, Facts, Line, latest
from fairdue.engine.ledger.explaining.moves import citation_of, phrase_of, words_of
from fairdue.engine.ledger.explaining.tree import Piece, total
from fairdue.engine.ledger.explaining.working import working_of


def overdue(facts: Facts) -> Piece:
    """Return what is unpaid of the due items whose due date has passed, the oldest first."""
    late = [due for due in facts.dues if due.is_overdue and due.unpaid > 0]
    return total("overdue", _items(facts, late), subject="overdue", words={"day": facts.as_of})


def minimum_due(facts: Facts) -> Piece:
    """Return what has to be paid by the next due date: all that is overdue, and what falls due on it."""
    open_items = [due for due in facts.dues if due.unpaid > 0]
    ahead = min((due.due_date for due in open_items if not due.is_overdue), default=None)
    asked = [due for due in open_items if due.is_overdue or due.due_date == ahead]
    phrase = "minimum_due" if ahead else "minimum_due.late"
    return total(phrase, _items(facts, asked), subject="minimum_due", words={"day": ahead or facts.as_of})


def next_due(facts: Facts) -> Piece:
    """Return what falls due on the next due date, without what is late."""
    ahead = [due for due in facts.dues if due.unpaid > 0 and not due.is_overdue]
    day = min((due.due_date for due in ahead), default=None)
    asked = [due for due in ahead if due.due_date == day]
    return total("next_due", _items(facts, asked), subject="next_due", words={"day": day or facts.as_of})


def due_item(facts: Facts, item_id: int) -> Piece | None:
    """Return what is unpaid of one due item, or None if there is no such item."""
    due = facts.dues_by_id.get(item_id)
    return None if due is None else _item(facts, due)


def _items(facts: Facts, dues: Iterable[Due]) -> list[Piece]:
    rank = {code: place for place, code in enumerate(facts.components)}
    ordered = sorted(dues, key=lambda due: (due.due_date, rank.get(due.component, len(rank)), due.id))
    return [_item(facts, due) for due in ordered]


def _item(facts: Facts, due: Due) -> Piece:
    """Return a due item: as first asked, less what each event settled of it, and what else changed it.

    What else changed it are corrections of the item, new schedules and disputes: they move no money.
    """
    payments = _payments(facts, due)
    changed = due.unpaid - due.amount - sum(piece.amount for piece in payments)
    parts = [
        _asked(facts, due),
        *payments,
        Piece(phrase="due.changed", amount=changed, words=_words(due)),
    ]
    return Piece(
        phrase="due",
        amount=due.unpaid,
        words=_words(due),
        subject=f"due:{due.id}",
        effective_date=due.due_date,
        parts=tuple(part for part in parts if part.amount),
    )


def _asked(facts: Facts, due: Due) -> Piece:
    why = facts.item_grounds.get(due.id, {})
    return Piece(
        phrase="due.asked",
        amount=due.amount,
        words=_words(due),
        effective_date=due.due_date,
        rule=str(why.get("rule", "")),
        citation=citation_of(why.get("citation")),
        working=working_of(why, facts.currency, due.amount),
    )


def _words(due: Due) -> dict[str, str | date]:
    return {"component": f"#{due.component}", "ref": due.ref, "day": due.due_date}


def _payments(facts: Facts, due: Due) -> list[Piece]:
    lines: dict[int, list[Line]] = {}
    for line in facts.lines:
        if line.due_item_id == due.id and line.settles:
            lines.setdefault(line.transaction_id or 0, []).append(line)
    found = [_payment(facts, number, mine) for number, mine in lines.items()]
    return sorted(
        (piece for piece in found if piece.amount), key=lambda piece: piece.effective_date or facts.as_of
    )


def _payment(facts: Facts, number: int, lines: list[Line]) -> Piece:
    happening = facts.happenings.get(number)
    return Piece(
        phrase=phrase_of(happening, lines),
        amount=-sum(line.settles for line in lines),
        words=words_of(facts, happening, lines),
        subject=f"transaction:{number}" if happening else "",
        line_ids=tuple(line.id for line in lines),
        transaction_id=number or None,
        effective_date=lines[-1].effective_date,
        recorded_at=happening.recorded_at if happening else latest(lines),
    )
