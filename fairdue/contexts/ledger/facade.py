"""The ledger's door: every other room imports from here only."""

from __future__ import annotations

from fairdue.contexts.ledger.contracts import (
    AccountSummary,
    Changes,
    Difference,
    DueCard,
    DueChange,
    EventReceipt,
    JudgmentCard,
    Landed,
    PartCard,
    PaymentGiven,
    PaymentReceipt,
    PaymentTaken,
    PersonSummary,
    PostingCard,
    ProofReport,
    ReceiptCard,
    ReceiptChange,
    TransactionCard,
)
from fairdue.contexts.ledger.contracts_explain import ExplainedPart, Explanation
from fairdue.contexts.ledger.contracts_standing import (
    BucketStay,
    Classification,
    ClassificationReason,
    CureCard,
    DpdHistory,
    DpdSpan,
    InstalmentDelinquency,
    MonthStatus,
    MonthStatusChange,
    PersonDpdHistory,
)
from fairdue.contexts.ledger.errors import (
    AccountNotActive,
    AccountUnknown,
    AlreadyReversed,
    AmountInvalid,
    ApprovalMissing,
    BeforeOpening,
    ComponentUnknown,
    CurrencyDiffers,
    DetailsInvalid,
    EventKindUnknown,
    EventRefused,
    FutureDate,
    KeptChargeFixed,
    LandingRefused,
    LedgerError,
    ReferenceReused,
    ReversalOfReversal,
    TransactionUnknown,
)
from fairdue.contexts.ledger.operations.contracts import (
    ContractAboveCap,
    ContractExists,
    ContractInvalid,
    OpenedOtherwise,
    ScheduleNeverRepaid,
    open_contract,
)
from fairdue.contexts.ledger.operations.dues import land_dues
from fairdue.contexts.ledger.operations.events import preview_event, record_event
from fairdue.contexts.ledger.operations.house import book_all_incoming, book_incoming, return_incoming
from fairdue.contexts.ledger.operations.keep import KeepReport, keep_contracts
from fairdue.contexts.ledger.operations.opening import open_accounts
from fairdue.contexts.ledger.operations.payment import check_payment, record_payment
from fairdue.contexts.ledger.operations.payments_together import record_payments
from fairdue.contexts.ledger.operations.resettle import accounts_after, resettle
from fairdue.contexts.ledger.operations.reversal import reverse_transaction
from fairdue.contexts.ledger.operations.transactions import check_transactions, land_transactions
from fairdue.contexts.ledger.queries.changes import changes_since
from fairdue.contexts.ledger.queries.contracts import (
    ContractCard,
    ContractUnknown,
    ProductUnknown,
    contract_card,
    derived,
    is_kept,
    kept_account_ids,
    product_terms,
    products,
    quote_contract,
    rate_tables,
)
from fairdue.contexts.ledger.queries.ends import DEBT_ENDS_SQL
from fairdue.contexts.ledger.queries.explain import SUBJECTS, ExplanationUnsound, SubjectUnknown, explain
from fairdue.contexts.ledger.queries.export import (
    ExportReport,
    ExportTooLarge,
    FormatUnknown,
    export_postings,
)
from fairdue.contexts.ledger.queries.facts import STATE_FACTS_SQL, payment_facts_sql, state_facts_sql
from fairdue.contexts.ledger.queries.figure_facts import due_dates_sql, first_defaults_sql, received_facts_sql
from fairdue.contexts.ledger.queries.history import account_dues, account_transactions, transactions_of
from fairdue.contexts.ledger.queries.judgments import judgment
from fairdue.contexts.ledger.queries.life import account_life
from fairdue.contexts.ledger.queries.longest_unpaid import LongestUnpaid, UnpaidCursorInvalid, longest_unpaid
from fairdue.contexts.ledger.queries.payoff import (
    Payoff,
    PayoffPart,
    PayoffValidity,
    payoff,
    payoff_validity,
    unearned_minor_of,
)
from fairdue.contexts.ledger.queries.person_payments import PERSON_PAYMENTS_SQL
from fairdue.contexts.ledger.queries.postings import account_postings
from fairdue.contexts.ledger.queries.prove import prove
from fairdue.contexts.ledger.queries.receipts import receipts
from fairdue.contexts.ledger.queries.standing import (
    bureau_changes,
    bureau_history,
    classifications,
    dpd_history,
    instalment_delinquency,
    person_dpd_history,
)
from fairdue.contexts.ledger.queries.summary import (
    account_summaries,
    account_summary,
    person_summaries,
    person_summary,
)
from fairdue.contexts.ledger.queries.suspense import suspense_balance
from fairdue.contexts.ledger.queries.terms import components
from fairdue.engine.ledger.keeping.quoting import late_outcome

__all__ = [
    "DEBT_ENDS_SQL",
    "PERSON_PAYMENTS_SQL",
    "STATE_FACTS_SQL",
    "SUBJECTS",
    "AccountNotActive",
    "AccountSummary",
    "AccountUnknown",
    "AlreadyReversed",
    "AmountInvalid",
    "ApprovalMissing",
    "BeforeOpening",
    "BucketStay",
    "Changes",
    "Classification",
    "ClassificationReason",
    "ComponentUnknown",
    "ContractAboveCap",
    "ContractCard",
    "ContractExists",
    "ContractInvalid",
    "ContractUnknown",
    "CureCard",
    "CurrencyDiffers",
    "DetailsInvalid",
    "Difference",
    "DpdHistory",
    "DpdSpan",
    "DueCard",
    "DueChange",
    "EventKindUnknown",
    "EventReceipt",
    "EventRefused",
    "ExplainedPart",
    "Explanation",
    "ExplanationUnsound",
    "ExportReport",
    "ExportTooLarge",
    "FormatUnknown",
    "FutureDate",
    "InstalmentDelinquency",
    "JudgmentCard",
    "KeepReport",
    "KeptChargeFixed",
    "Landed",
    "LandingRefused",
    "LedgerError",
    "LongestUnpaid",
    "MonthStatus",
    "MonthStatusChange",
    "OpenedOtherwise",
    "PartCard",
    "PaymentGiven",
    "PaymentReceipt",
    "PaymentTaken",
    "Payoff",
    "PayoffPart",
    "PayoffValidity",
    "PersonDpdHistory",
    "PersonSummary",
    "PostingCard",
    "ProductUnknown",
    "ProofReport",
    "ReceiptCard",
    "ReceiptChange",
    "ReferenceReused",
    "ReversalOfReversal",
    "ScheduleNeverRepaid",
    "SubjectUnknown",
    "TransactionCard",
    "TransactionUnknown",
    "UnpaidCursorInvalid",
    "account_dues",
    "account_life",
    "account_postings",
    "account_summaries",
    "account_summary",
    "account_transactions",
    "accounts_after",
    "book_all_incoming",
    "book_incoming",
    "bureau_changes",
    "bureau_history",
    "changes_since",
    "check_payment",
    "check_transactions",
    "classifications",
    "components",
    "contract_card",
    "derived",
    "dpd_history",
    "due_dates_sql",
    "explain",
    "export_postings",
    "first_defaults_sql",
    "instalment_delinquency",
    "is_kept",
    "judgment",
    "keep_contracts",
    "kept_account_ids",
    "land_dues",
    "land_transactions",
    "late_outcome",
    "longest_unpaid",
    "open_accounts",
    "open_contract",
    "payment_facts_sql",
    "payoff",
    "payoff_validity",
    "person_dpd_history",
    "person_summaries",
    "person_summary",
    "preview_event",
    "product_terms",
    "products",
    "prove",
    "quote_contract",
    "rate_tables",
    "receipts",
    "received_facts_sql",
    "record_event",
    "record_payment",
    "record_payments",
    "resettle",
    "return_incoming",
    "reverse_transaction",
    "state_facts_sql",
    "suspense_balance",
    "transactions_of",
    "unearned_minor_of",
]
