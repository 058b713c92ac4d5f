"""Take a bank file: check it, book what is new, keep the verdict on every row."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import FileTaken
from fairdue.kernel.actor import Actor


def take_statement_file(
    *, creditor_id: int, content: bytes, file_name: str, format: str = "", mapping: str = "", actor: Actor,
    now: datetime,
) -> FileTaken:  # fmt: skip
    """This function will take a bank file whole or refuse it whole, and book its new credits to suspense."""
    raise NotImplementedError
