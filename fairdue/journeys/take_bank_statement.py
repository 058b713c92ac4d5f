"""A bank file comes in: book what is new, match what is certain, judge promises again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import FileTaken
from fairdue.journeys.receive_payment import follow_money, place_certain, place_together
from fairdue.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTaken:
    """The file's verdicts, and how many of its new payments found their account."""

    file: FileTaken
    matched_count: int
    waiting_count: int


def take_bank_statement(
    *,
    creditor_code: str,
    content: bytes,
    file_name: str,
    format: str = "",
    mapping: str = "",
    actor: Actor,
    now: datetime,
) -> StatementTaken:
    """This function will take a bank file in one transaction, then match its new payments.

    1. Those whose account is certain and that come after all that it knows are matched many in a transaction; each
       of the others in its own.
    2. Killed at any moment, it leaves payments that wait; `match_waiting` goes on with them.

    :raises CreditorUnknown: if there is no such creditor
    :raises StatementRefused, PermissionRefused: as `payments.take_statement_file` says
    """
    creditor = book.creditor_by_code(creditor_code)
    with transaction.atomic():
        taken = payments.take_statement_file(
            creditor_id=creditor.creditor_id,
            content=content,
            file_name=file_name,
            format=format,
            mapping=mapping,
            actor=actor,
            now=now,
        )
        follow_money(taken.undone_person_ids, actor=actor, now=now)
    matched = _placed_count(taken.payment_ids, actor, now)
    return StatementTaken(file=taken, matched_count=matched, waiting_count=len(taken.payment_ids) - matched)


def match_waiting(*, creditor_code: str, actor: Actor, now: datetime) -> StatementTaken:
    """This function will try every payment of a creditor that waits again, as `take_bank_statement` does."""
    creditor = book.creditor_by_code(creditor_code)
    waiting = payments.waiting_payment_ids(creditor_id=creditor.creditor_id, actor=actor)
    matched = _placed_count(waiting, actor, now)
    return StatementTaken(
        file=FileTaken(statements=(), payment_ids=waiting),
        matched_count=matched,
        waiting_count=len(waiting) - matched,
    )


TOGETHER = 500
"""Payments that are matched in one transaction; a kill in it leaves them waiting."""
FEW = 10
"""So few payments are matched one by one: what many share costs more than it saves."""


def _placed_count(payment_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Match payments in the order in which they came, so that of one account each finds what the one before left."""
    waiting = list(payments.leave_unnamed(payment_ids=payment_ids, actor=actor, now=now))
    placed = 0
    while waiting:
        chunk, waiting = waiting[:TOGETHER], waiting[TOGETHER:]
        if len(chunk) >= FEW:
            together = place_together(payment_ids=chunk, actor=actor, now=now)
            placed += len(together.payment_ids)
            chunk = list(together.alone)
            if len(together.payment_ids) >= FEW:
                waiting = [*together.later, *waiting]
            else:
                chunk = sorted([*chunk, *together.later])
        placed += sum(_is_placed(payment_id, actor, now) for payment_id in chunk)
    return placed


def _is_placed(payment_id: int, actor: Actor, now: datetime) -> bool:
    placed = place_certain(payment_id=payment_id, actor=actor, now=now)
    return placed.matched is not None and not placed.matched.waiting.minor
