"""Where money goes: the order of payment as data, and its executor over columns.

Owns the rules (`rules`), the parts of any number of receipts (`columns`) and the division among several
debts (`debts`). The executor for one debt is `engine.ledger.life`.
"""

from fairdue.engine.ledger.allocation.columns import (
    ACCOUNT_SCHEMA,
    ITEM_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    Allocation,
    ComponentUnknown,
    allocate,
)
from fairdue.engine.ledger.allocation.opened import POOL_SCHEMA, Opened, opened
from fairdue.engine.ledger.allocation.rounds import CREDIT_BALANCE, DATED_PART_SCHEMA, NO_ITEM, PART_SCHEMA
from fairdue.engine.ledger.allocation.rules import AllocationRule, RuleInvalid, Slot, Stage, Way

__all__ = [
    "ACCOUNT_SCHEMA",
    "CREDIT_BALANCE",
    "DATED_PART_SCHEMA",
    "ITEM_SCHEMA",
    "NO_ITEM",
    "PART_SCHEMA",
    "POOL_SCHEMA",
    "RECEIPT_SCHEMA",
    "RECEIVABLE_SCHEMA",
    "Allocation",
    "AllocationRule",
    "ComponentUnknown",
    "Opened",
    "RuleInvalid",
    "Slot",
    "Stage",
    "Way",
    "allocate",
    "opened",
]
