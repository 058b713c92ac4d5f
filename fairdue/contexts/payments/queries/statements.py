"""Bank statements that were taken."""

from __future__ import annotations

from django.db.models import QuerySet

from fairdue.contexts.payments.cards import statement_card_of
from fairdue.contexts.payments.contracts import StatementCard, StatementRowCard
from fairdue.contexts.payments.errors import StatementUnknown
from fairdue.contexts.payments.models import BankStatement, StatementRow
from fairdue.contexts.payments.reference import mapping_names
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def statements(
    *, actor: Actor, creditor_id: int | None = None, offset: int = 0, limit: int = 50
) -> tuple[StatementCard, ...]:
    """Return statements of the actor's creditors, newest first."""
    rows = _in_scope(actor)
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    return tuple(map(statement_card_of, rows.order_by("-id")[offset : offset + limit]))


def statement(*, statement_id: int, actor: Actor) -> StatementCard:
    """Return one statement.

    :raises StatementUnknown: if there is none in the actor's scope
    """
    row = _in_scope(actor).filter(pk=statement_id).first()
    if row is None:
        raise StatementUnknown(f"statement {statement_id} does not exist or is not in your scope")
    return statement_card_of(row)


def statement_rows(*, statement_id: int, actor: Actor) -> tuple[StatementRowCard, ...]:
    """Return the rows of a statement with their verdicts, in the file's order."""
    currency = statement(statement_id=statement_id, actor=actor).currency
    rows = StatementRow.objects.filter(statement_id=statement_id).order_by("id")
    return tuple(
        StatementRowCard(
            position=row.position,
            amount=None if row.amount_minor is None else Money(row.amount_minor, currency),
            value_date=row.value_date,
            verdict=row.verdict,
            reason=row.reason,
            payment_id=row.payment_id,
            payer_name_masked=row.payer_name_masked,
        )
        for row in rows
    )


def mappings() -> tuple[str, ...]:
    """Return the names of the CSV mappings of packs/reference/bank_csv."""
    return mapping_names()


def _in_scope(actor: Actor) -> QuerySet[BankStatement]:
    actor.require("payments.view")
    rows = BankStatement.objects.all()
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=actor.creditor_ids)
