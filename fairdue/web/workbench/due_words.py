"""References of due items in words."""

from __future__ import annotations

from django.utils.translation import get_language

from fairdue.engine.ledger.due_names import due_name


def due_word(ref: str | None) -> str:
    """Return what a due item is called in the reader's language; nothing for no item."""
    return due_name(ref or "", "zh" if (get_language() or "").startswith("zh") else "en")
