"""Revolving cards kept by ourselves: from purchases, cash advances, fees and receipts to statements and charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import Derived
from fairdue.engine.ledger.life.events import Event


def derive_card(contract: Contract, events: Sequence[Event], until: date) -> Derived:
    """This function will return the due items and charges of a card as they come to by `until`."""
    raise NotImplementedError
