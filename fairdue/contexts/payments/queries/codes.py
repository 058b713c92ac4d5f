"""Repayment codes."""

from __future__ import annotations

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments.contracts import CodeCard
from fairdue.contexts.payments.models import RepaymentCode
from fairdue.engine.matching import codes
from fairdue.kernel.actor import Actor


def repayment_code(*, account_id: int, actor: Actor | None = None) -> CodeCard | None:
    """Return the live repayment code of an account, or None; without an actor for the borrower's own view."""
    if actor is not None and account_id not in book.account_cards_by_id([account_id], actor=actor):
        return None
    live = RepaymentCode.objects.filter(account_id=account_id, retired_at=None).first()
    return None if live is None else code_card(live)


def account_by_code(*, code: str, actor: Actor) -> int | None:
    """Return the account that a code, live or retired, names within the actor's scope; spaces do not matter."""
    actor.require("payments.view")
    row = RepaymentCode.objects.filter(code=codes.plain(code)).first()
    if row is None or row.account_id not in book.account_cards_by_id([row.account_id], actor=actor):
        return None
    return row.account_id


def code_card(row: RepaymentCode) -> CodeCard:
    """Return a code as it is printed and read out."""
    return CodeCard(
        account_id=row.account_id,
        code=row.code,
        spoken=codes.spoken(row.code),
        issued_at=row.issued_at,
        retired_at=row.retired_at,
    )
