"""Where a receipt went, and why each part of it came next."""

from __future__ import annotations

from datetime import date

from fairdue.engine.ledger.allocation.rules import DUE_CLASSES, Stage, Way
from fairdue.engine.ledger.explaining.facts import (
    CREDIT_BALANCE,
    RECEIVABLE,
    RECOVERY,
    Due,
    Facts,
    Happening,
    Line,
    class_of,
    latest,
)
from fairdue.engine.ledger.explaining.moves import phrase_of, words_of
from fairdue.engine.ledger.explaining.tree import Piece, Word

MONEY = ("payment", "credit", "recovery")
"""Kinds of events whose amount settles what is owed."""
ALLOWANCE = "allowance:"
Key = tuple[int | None, str]
"""A due item, or none, and the account that was credited."""


def transaction(facts: Facts, number: int) -> Piece | None:
    """Return how an event divides into what it settled, raised or gave up; None if there is no such event.

    1. The parts of a receipt stand in the order in which it settled them, each with why it came next.
    2. What its postings were corrected to since is what stands; a receipt that was reversed comes to nothing.
    3. Only what changes the borrower's claim counts: the lender's own loss accounts stay out.
    """
    happening = facts.happenings.get(number)
    if happening is None:
        return None
    groups: dict[Key, list[Line]] = {}
    for line in facts.lines_of(number):
        for code in (line.debit, line.credit):
            if code.startswith(RECEIVABLE) or code == CREDIT_BALANCE or _is_recovered(line, code):
                groups.setdefault((line.due_item_id, code), []).append(line)
    is_money = happening.kind in MONEY
    sign = -1 if is_money else 1
    parts = [_part(facts, happening, key, lines, sign) for key, lines in groups.items()]
    stands = sorted((part for part in parts if part[1].amount), key=lambda part: part[0])
    return Piece(
        phrase=("receipt" if is_money else phrase_of(happening, [])) if stands else "event.nothing",
        amount=sum(piece.amount for _, piece in stands),
        words=words_of(facts, happening, []),
        subject=f"transaction:{number}",
        parts=tuple(piece for _, piece in stands),
        transaction_id=number,
        effective_date=happening.effective_date,
        recorded_at=happening.recorded_at,
        rule=facts.rule.code if is_money else "",
        citation=facts.citation(happening) if is_money else {},
    )


def _is_recovered(line: Line, code: str) -> bool:
    """Tell whether a posting is money that came after the claim had left the books, and is no memorandum."""
    return code == RECOVERY and not line.debit.startswith(ALLOWANCE) and not line.credit.startswith(ALLOWANCE)


def _part(
    facts: Facts, happening: Happening, key: Key, lines: list[Line], sign: int
) -> tuple[tuple[int, ...], Piece]:
    item_id, code = key
    due = facts.dues_by_id.get(item_id or 0)
    amount = sign * sum(line.moves(code) for line in lines)
    component = code.removeprefix(RECEIVABLE)
    place = _place(facts, happening, due, component)
    settled_date = max((line.effective_date for line in lines), default=happening.effective_date)
    piece = Piece(
        phrase=_phrase(facts, happening, due, component),
        amount=amount,
        words=_words(facts, happening, due, component, settled_date, place),
        subject=f"due:{due.id}" if due else "",
        line_ids=tuple(line.id for line in lines),
        transaction_id=happening.id,
        effective_date=settled_date,
        recorded_at=latest(lines),
    )
    return place, piece


def _phrase(facts: Facts, happening: Happening, due: Due | None, component: str) -> str:
    if component == RECOVERY:
        return "split.recovered"
    if happening.kind not in MONEY:
        return "part.due" if due else "part.balance"
    if component == CREDIT_BALANCE:
        return "split.beyond"
    if due is None:
        return "split.balance"
    name = {"past_due": "late", "due": "today", "in_advance": "ahead"}
    return f"split.{name[class_of(due.due_date, happening.effective_date)]}.{facts.way(happening).style}"


def _words(
    facts: Facts, happening: Happening, due: Due | None, component: str, day: date, place: tuple[int, ...]
) -> dict[str, Word]:
    way = facts.way(happening)
    late = (happening.effective_date - due.due_date).days if due else 0
    order = _names(facts, way, due, happening)
    return {
        "component": f"#{component}",
        "ref": due.ref if due else "",
        "due": due.due_date if due else day,
        "day": day,
        "late": max(late, 0),
        "ahead": max(-late, 0),
        "order": tuple(f"#{name}" for name in order),
        "turn": place[-1] + 1,
        "from": way.from_days_past_due or 0 if isinstance(way, Stage) else 0,
    }


def _names(facts: Facts, way: Way, due: Due | None, happening: Happening) -> list[str]:
    """Return the account's components in the order in which they are taken from the class of a due item."""
    wanted = class_of(due.due_date if due else None, happening.effective_date)
    return [
        slot.component
        for slot in way.order
        if slot.due_class == wanted and slot.component in facts.components
    ]


def _place(facts: Facts, happening: Happening, due: Due | None, component: str) -> tuple[int, ...]:
    """Return a sorting key: the order of settlement where it is known, else what the order of payment says.

    Its last number is the component's turn within its class.
    """
    way = facts.way(happening)
    names = _names(facts, way, due, happening)
    turn = names.index(component) if component in names else len(names)
    if component == CREDIT_BALANCE or due is None:
        return (1, component == CREDIT_BALANCE, 0, 0, turn)
    known = facts.settling_order.get((happening.id, due.id, component), 0)
    day = due.due_date.toordinal()
    first, second = (turn, day) if way.style == "vertical" else (day, turn)
    rank = DUE_CLASSES.index(class_of(due.due_date, happening.effective_date))
    return (0, known, rank, first, second, turn)
