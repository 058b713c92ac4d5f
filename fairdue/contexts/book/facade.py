"""Book, for other rooms: creditors, products, accounts in scope, import batches, bulk landing."""

from __future__ import annotations

from .contracts import AccountCard, BatchOutcome, CreditorCard, ImportBatchCard, ProductCard
from .operations.batches import batch_closed, batch_opened, earlier_batch
from .operations.landing_accounts import AccountsLanded, digested, land_accounts
from .operations.set_up import CreditorInvalid, ProductInvalid, ensure_creditor, ensure_product
from .queries.accounts import account_cards, account_ids_by_reference, visible_persons
from .queries.batches import ImportBatchUnknown, import_batch, import_batches
from .queries.creditors import CreditorUnknown, creditor_by_code, creditors, products
from .queries.facts import ACCOUNT_FACTS_SQL, PRODUCT_FACTS_SQL

__all__ = [
    "ACCOUNT_FACTS_SQL",
    "PRODUCT_FACTS_SQL",
    "AccountCard",
    "AccountsLanded",
    "BatchOutcome",
    "CreditorCard",
    "CreditorInvalid",
    "CreditorUnknown",
    "ImportBatchCard",
    "ImportBatchUnknown",
    "ProductCard",
    "ProductInvalid",
    "account_cards",
    "account_ids_by_reference",
    "batch_closed",
    "batch_opened",
    "creditor_by_code",
    "creditors",
    "digested",
    "earlier_batch",
    "ensure_creditor",
    "ensure_product",
    "import_batch",
    "import_batches",
    "land_accounts",
    "products",
    "visible_persons",
]
