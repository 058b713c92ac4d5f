"""A bank file comes in: book what is new, match what is certain, judge promises again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.payments.contracts import FileTaken
from fairdue.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTaken:
    """The file's verdicts, and how many of its new payments found their account."""

    file: FileTaken
    matched_count: int
    waiting_count: int


def take_bank_statement(
    *, creditor_code: str, content: bytes, file_name: str, format: str = "", mapping: str = "",
    actor: Actor, now: datetime,
) -> StatementTaken:  # fmt: skip
    """This function will take a bank file in one transaction, then match each new payment in its own."""
    raise NotImplementedError
