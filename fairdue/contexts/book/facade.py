"""Book, for other rooms: creditors, products, accounts in scope, import batches, bulk landing."""

from __future__ import annotations

from .contracts import (
    AccountCard,
    BatchOutcome,
    CreditorCard,
    DebtFacts,
    FileSeen,
    ImportBatchCard,
    ProductCard,
)
from .operations.batches import batch_closed, batch_opened, earlier_batch
from .operations.landing_accounts import AccountsLanded, digested, land_accounts
from .operations.open_account import AccountReused, open_account
from .operations.set_up import CreditorInvalid, ProductInvalid, ensure_creditor, ensure_product
from .queries.accounts import (
    AccountUnknown,
    account_by_reference_read,
    account_card,
    account_cards,
    account_cards_by_id,
    account_cards_of_read,
    account_cards_read,
    account_ids_by_reference,
    debt_facts_read,
    find_accounts,
    visible_persons,
)
from .queries.batches import ImportBatchUnknown, files_since, import_batch, import_batches
from .queries.creditors import CreditorUnknown, book_currency, creditor_by_code, creditors, products
from .queries.erasing import lock_accounts_of
from .queries.facts import ACCOUNT_FACTS_SQL, PRODUCT_FACTS_SQL, has_other_laws, persons_of_creditor_sql
from .queries.many import account_cards_of

__all__ = [
    "ACCOUNT_FACTS_SQL",
    "PRODUCT_FACTS_SQL",
    "AccountCard",
    "AccountReused",
    "AccountUnknown",
    "AccountsLanded",
    "BatchOutcome",
    "CreditorCard",
    "CreditorInvalid",
    "CreditorUnknown",
    "DebtFacts",
    "FileSeen",
    "ImportBatchCard",
    "ImportBatchUnknown",
    "ProductCard",
    "ProductInvalid",
    "account_by_reference_read",
    "account_card",
    "account_cards",
    "account_cards_by_id",
    "account_cards_of",
    "account_cards_of_read",
    "account_cards_read",
    "account_ids_by_reference",
    "batch_closed",
    "batch_opened",
    "book_currency",
    "creditor_by_code",
    "creditors",
    "debt_facts_read",
    "digested",
    "earlier_batch",
    "ensure_creditor",
    "ensure_product",
    "files_since",
    "find_accounts",
    "has_other_laws",
    "import_batch",
    "import_batches",
    "land_accounts",
    "lock_accounts_of",
    "open_account",
    "persons_of_creditor_sql",
    "products",
    "visible_persons",
]
