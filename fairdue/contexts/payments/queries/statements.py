"""Bank statements that were taken."""

from __future__ import annotations

from fairdue.contexts.payments.contracts import StatementCard, StatementRowCard
from fairdue.kernel.actor import Actor


def statements(
    *, actor: Actor, creditor_id: int | None = None, offset: int = 0, limit: int = 50
) -> tuple[StatementCard, ...]:
    """Return statements of the actor's creditors, newest first."""
    raise NotImplementedError


def statement(*, statement_id: int, actor: Actor) -> StatementCard:
    """Return one statement."""
    raise NotImplementedError


def statement_rows(*, statement_id: int, actor: Actor) -> tuple[StatementRowCard, ...]:
    """Return the rows of a statement with their verdicts, in the file's order."""
    raise NotImplementedError


def mappings() -> tuple[str, ...]:
    """Return the names of the CSV mappings of packs/reference/bank_csv."""
    raise NotImplementedError
