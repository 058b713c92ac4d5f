"""The one door of keeping: contract and events to items and charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import Derived
from fairdue.engine.ledger.life.events import Event


def derive(contract: Contract, events: Sequence[Event], until: date) -> Derived:
    """Return the due items and charges of a contract as they come to by `until`.

    `events` are those of the account without what keeping itself made. A product of kind `card` is derived by
    `keeping.card.derive_card`, every other by the walk over its instalments.
    """
    raise NotImplementedError
