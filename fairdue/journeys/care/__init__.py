"""Matters of care with everything that follows from them: ledger, law, consents, letters, messages."""

from __future__ import annotations

from .answer_matter import answer_matter, approve_answer, withdraw_matter
from .call_back import CallbackSlot, callback_slots
from .night import CareNight, look_after_matters
from .open_matter import open_matter
from .watching import CareWatch, watch_matters

__all__ = [
    "CallbackSlot",
    "CareNight",
    "CareWatch",
    "answer_matter",
    "approve_answer",
    "callback_slots",
    "look_after_matters",
    "open_matter",
    "watch_matters",
    "withdraw_matter",
]
