"""The minimum payment of a statement, and which components of the balance it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairdue.engine.finance.minimum_payment import Statement, minimum_payment
from fairdue.engine.ledger.allocation.statements import asked_date_of
from fairdue.engine.ledger.life.position import Item, Position, Row
from fairdue.engine.ledger.life.terms import INTEREST, PRINCIPAL
from fairdue.engine.ledger.products.card import CardTerms

LENT = ("principal", "cash_advance", "balance_transfer")
INTERESTS = (INTEREST, "penalty_interest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a statement says, in minor units: `minimum` includes what earlier statements asked in vain."""

    balance: int
    minimum: int
    past_due: int
    parts: Mapping[str, int]
    """What this statement asks for anew, by component."""


def asked_of(position: Position, card: CardTerms, limit: int, on: date) -> Asked:
    """Return what a statement made on a day asks for.

    1. Past due is what earlier statements asked for by a day before; the rest of the balance was not asked
       for yet. What is due later, such as a plan's, asks by itself.
    2. The minimum follows the card's rule and is at most the balance; only what exceeds the past due is
       asked anew, so that each amount keeps the due date of the statement that asked for it first.
    3. It asks for fees and interest first, then cash advances, then what was lent otherwise.
    """
    free = _free(position)
    past_due = sum(row.payable for row in position.rows if row.due_date < on)
    balance = past_due + sum(free.values())
    interest = sum(free.get(component, 0) for component in INTERESTS)
    lent = sum(free.get(component, 0) for component in LENT)
    advances = free.get("cash_advance", 0)
    over_limit = min(max(balance - limit, 0), lent - advances) if limit else 0
    statement = Statement(
        balance=Fraction(balance),
        limit=Fraction(limit) if limit else None,
        interest=Fraction(interest),
        fees=Fraction(balance - past_due - interest - lent),
        past_due=Fraction(past_due),
        over_limit=Fraction(over_limit),
        cash_advances=Fraction(advances),
    )
    rule = card.minimum
    minimum = int(minimum_payment(statement, rule.greatest_of, rule.then_add, decimals=0)) if balance else 0
    return Asked(
        balance=balance,
        minimum=max(minimum, past_due),
        past_due=past_due,
        parts=_parts(free, max(minimum - past_due, 0)),
    )


def _free(position: Position) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in position.unscheduled:
        if item.payable:
            found[item.component] = found.get(item.component, 0) + item.payable
    return found


def _parts(free: Mapping[str, int], amount: int) -> dict[str, int]:
    last = ("cash_advance", "principal", "balance_transfer")
    order = [*sorted(set(free) - {*last, *INTERESTS}), *INTERESTS, *last]
    parts: dict[str, int] = {}
    for component in order:
        part = min(free.get(component, 0), amount)
        if part:
            parts[component] = part
            amount -= part
    return parts


def ask(position: Position, parts: Mapping[str, int], *, due_date: date, ref: str) -> None:
    """Move amounts of the balance, the oldest first, into a row that asks for them by a day.

    A charge that moves as a whole is found in the row by those that name it, such as a waiver.
    """
    row = Row.due(due_date, is_regular=True, ref=ref)
    for component, amount in parts.items():
        asked = _item_of(row, component)
        for item in [item for item in position.unscheduled if item.component == component]:
            part = min(item.payable, amount)
            item.amount -= part
            asked.amount += part
            amount -= part
            if part and not item.unpaid and item.charge_id in position.charges:
                position.charges[item.charge_id] = (row, asked)
    if parts:
        position.add_row(row)


def _item_of(row: Row, component: str) -> Item:
    if component == PRINCIPAL:
        return row.principal
    if component == INTEREST:
        return row.interest
    item = Item(component, row.due_date, 0, ref=row.ref)
    row.add_charge(item)
    return item


def unpaid_minimum(position: Position, due_date: date) -> int:
    """Return what is unpaid of all that statements asked for by a due date."""
    return sum(row.payable for row in position.rows if row.due_date <= due_date)


def take_back(position: Position, due_date: date) -> dict[tuple[str, str], int]:
    """Ask no more for what is unpaid by a due date; return what each statement asks less, by component.

    It joins the balance again, of which the next statement asks a part.
    """
    found: dict[tuple[str, str], int] = {}
    for row in position.rows:
        if row.due_date > due_date or asked_date_of(row.ref) is None:
            continue
        for item in row.items:
            part = item.payable
            if part:
                item.amount -= part
                position.unscheduled.append(Item(item.component, None, part))
                key = (row.ref, item.component)
                found[key] = found.get(key, 0) + part
    return found
