"""The ledger's door: every other room imports from here only."""

from __future__ import annotations

from fairdue.contexts.ledger.contracts import (
    AccountSummary,
    Difference,
    DueCard,
    Landed,
    PartCard,
    PaymentReceipt,
    PersonSummary,
    ProofReport,
    ReceiptCard,
    TransactionCard,
)
from fairdue.contexts.ledger.errors import (
    AccountUnknown,
    AlreadyReversed,
    AmountInvalid,
    BeforeOpening,
    CurrencyDiffers,
    FutureDate,
    LandingRefused,
    LedgerError,
    ReferenceReused,
    ReversalOfReversal,
    TransactionUnknown,
)
from fairdue.contexts.ledger.operations.dues import land_dues
from fairdue.contexts.ledger.operations.opening import open_accounts
from fairdue.contexts.ledger.operations.payment import record_payment
from fairdue.contexts.ledger.operations.reversal import reverse_transaction
from fairdue.contexts.ledger.operations.transactions import check_transactions, land_transactions
from fairdue.contexts.ledger.queries.facts import STATE_FACTS_SQL, state_facts_sql
from fairdue.contexts.ledger.queries.history import account_dues, account_transactions, transactions_of
from fairdue.contexts.ledger.queries.prove import prove
from fairdue.contexts.ledger.queries.receipts import receipts
from fairdue.contexts.ledger.queries.summary import account_summary, person_summary
from fairdue.contexts.ledger.queries.terms import components

__all__ = [
    "STATE_FACTS_SQL",
    "AccountSummary",
    "AccountUnknown",
    "AlreadyReversed",
    "AmountInvalid",
    "BeforeOpening",
    "CurrencyDiffers",
    "Difference",
    "DueCard",
    "FutureDate",
    "Landed",
    "LandingRefused",
    "LedgerError",
    "PartCard",
    "PaymentReceipt",
    "PersonSummary",
    "ProofReport",
    "ReceiptCard",
    "ReferenceReused",
    "ReversalOfReversal",
    "TransactionCard",
    "TransactionUnknown",
    "account_dues",
    "account_summary",
    "account_transactions",
    "check_transactions",
    "components",
    "land_dues",
    "land_transactions",
    "open_accounts",
    "person_summary",
    "prove",
    "receipts",
    "record_payment",
    "reverse_transaction",
    "state_facts_sql",
    "transactions_of",
]
