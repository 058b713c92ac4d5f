"""Where money goes: the order of payment as data, and its executor over columns.

Owns the rules (`rules`), the parts of any number of receipts (`columns`) and the division among several
debts (`debts`). The executor for one debt is `engine.ledger.life`.
"""

from fairdue.engine.ledger.allocation.columns import (
    CREDIT_BALANCE,
    ITEM_SCHEMA,
    NO_ITEM,
    PART_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    Allocation,
    ComponentUnknown,
    allocate,
)
from fairdue.engine.ledger.allocation.rules import AllocationRule, RuleInvalid, Slot, Stage, Way

__all__ = [
    "CREDIT_BALANCE",
    "ITEM_SCHEMA",
    "NO_ITEM",
    "PART_SCHEMA",
    "RECEIPT_SCHEMA",
    "RECEIVABLE_SCHEMA",
    "Allocation",
    "AllocationRule",
    "ComponentUnknown",
    "RuleInvalid",
    "Slot",
    "Stage",
    "Way",
    "allocate",
]
