"""What is owed: the balance, one component of it, the credit balance, and the whole claim."""

from __future__ import annotations

from fairdue.engine.ledger.explaining.earning import accrued_interest
from fairdue.engine.ledger.explaining.facts import CREDIT_BALANCE, RECEIVABLE, Facts
from fairdue.engine.ledger.explaining.moves import moves
from fairdue.engine.ledger.explaining.tree import Piece, total


def balance(facts: Facts) -> Piece:
    """Return what is owed as the sum of its components; one paid ahead of its charge owes nothing."""
    owed = [component(facts, code) for code in facts.components]
    return total("balance", [piece for piece in owed if piece.amount > 0], subject="balance")


def component(facts: Facts, code: str) -> Piece:
    """Return what is owed of one component as the sum of what each event did to it."""
    parts = moves(facts, RECEIVABLE + code)
    return total("component", parts, subject=f"component:{code}", words={"component": f"#{code}"})


def credit_balance(facts: Facts) -> Piece:
    """Return what was paid beyond the debt: the credit balance, and components paid ahead of their charge."""
    held = moves(facts, CREDIT_BALANCE, -1)
    ahead = [component(facts, code).turned() for code in facts.components if facts.owed(code) < 0]
    return total("credit_balance", [*held, *ahead], subject="credit_balance")


def total_claim(facts: Facts) -> Piece:
    """Return the whole claim: all components, what a kept contract has earned and not posted, less credit.

    A creditor's own schedule may hold interest of days to come: whether it can be claimed before its time is
    for the contract and the court to say.
    """
    open_part = [accrued_interest(facts)] if facts.accruals else []
    parts = [balance(facts), *open_part, credit_balance(facts).turned()]
    return total("total_claim", [part for part in parts if part.amount], subject="total_claim")
