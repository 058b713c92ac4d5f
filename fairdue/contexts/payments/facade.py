"""The door of the payments room: every other room imports from here only.

Journeys above wrap what touches promises: `journeys.receive_payment` (receive, match, undo),
`journeys.take_bank_statement`, `journeys.decide_request` (approve). Screens call those for writes that move
money at an account, and this door for everything else.
"""

from __future__ import annotations

from fairdue.contexts.payments.contracts import (
    Approved,
    Candidate,
    CodeCard,
    DayEnd,
    FileTaken,
    Incoming,
    MatchCard,
    Matched,
    MatchedTogether,
    OrderCard,
    OrderExport,
    PaymentCard,
    PaymentPage,
    PromisedAmount,
    Reason,
    Received,
    RequestCard,
    SharePart,
    StatementCard,
    StatementRowCard,
    SuspenseDay,
)
from fairdue.contexts.payments.errors import (
    AlreadyMatched,
    CodeUnknown,
    EventReused,
    IncomingInvalid,
    MatchInvalid,
    NothingMatched,
    NothingWaiting,
    OrderState,
    OrderUnknown,
    OwnRequest,
    PaymentsError,
    PaymentUnknown,
    ReasonMissing,
    ReferenceReused,
    RequestClosed,
    RequestInvalid,
    RequestUnknown,
    StatementRefused,
    StatementUnknown,
)
from fairdue.contexts.payments.operations.answers import answer_once
from fairdue.contexts.payments.operations.approve import approve
from fairdue.contexts.payments.operations.automatic import leave_unnamed, match_automatically
from fairdue.contexts.payments.operations.codes import issue_code, retire_code
from fairdue.contexts.payments.operations.match import match_payment
from fairdue.contexts.payments.operations.orders import confirm_order, export_orders, fail_order
from fairdue.contexts.payments.operations.receive import receive
from fairdue.contexts.payments.operations.requests import (
    refuse,
    request,
    request_hand_payment,
    request_refund,
    request_return,
    withdraw,
)
from fairdue.contexts.payments.operations.returns import take_back
from fairdue.contexts.payments.operations.reveal import reveal_payment
from fairdue.contexts.payments.operations.statements import take_statement_file
from fairdue.contexts.payments.operations.together import match_together
from fairdue.contexts.payments.operations.undo import undo_match
from fairdue.contexts.payments.queries.candidates import candidates
from fairdue.contexts.payments.queries.codes import account_by_code, repayment_code
from fairdue.contexts.payments.queries.day_end import day_end
from fairdue.contexts.payments.queries.division import divide_payment
from fairdue.contexts.payments.queries.of_transaction import MatchedPayment, payment_of_transaction
from fairdue.contexts.payments.queries.open_money import OPEN_MONEY_SQL
from fairdue.contexts.payments.queries.orders import orders
from fairdue.contexts.payments.queries.payments import (
    incoming_payments,
    payment_by_source_ref,
    payment_card,
    received_payment,
    waiting_payment_ids,
)
from fairdue.contexts.payments.queries.request_count import WaitingRequests, waiting_requests
from fairdue.contexts.payments.queries.requests import open_requests, request_card, requests_of_account
from fairdue.contexts.payments.queries.statements import mappings, statement, statement_rows, statements
from fairdue.contexts.payments.sealing import SEALED_COLUMNS
from fairdue.contexts.payments.words import BANK_REASONS, bank_reason, place, why_waiting

__all__ = [
    "BANK_REASONS",
    "OPEN_MONEY_SQL",
    "SEALED_COLUMNS",
    "AlreadyMatched",
    "Approved",
    "Candidate",
    "CodeCard",
    "CodeUnknown",
    "DayEnd",
    "EventReused",
    "FileTaken",
    "Incoming",
    "IncomingInvalid",
    "MatchCard",
    "MatchInvalid",
    "Matched",
    "MatchedPayment",
    "MatchedTogether",
    "NothingMatched",
    "NothingWaiting",
    "OrderCard",
    "OrderExport",
    "OrderState",
    "OrderUnknown",
    "OwnRequest",
    "PaymentCard",
    "PaymentPage",
    "PaymentUnknown",
    "PaymentsError",
    "PromisedAmount",
    "Reason",
    "ReasonMissing",
    "Received",
    "ReferenceReused",
    "RequestCard",
    "RequestClosed",
    "RequestInvalid",
    "RequestUnknown",
    "SharePart",
    "StatementCard",
    "StatementRefused",
    "StatementRowCard",
    "StatementUnknown",
    "SuspenseDay",
    "WaitingRequests",
    "account_by_code",
    "answer_once",
    "approve",
    "bank_reason",
    "candidates",
    "confirm_order",
    "day_end",
    "divide_payment",
    "export_orders",
    "fail_order",
    "incoming_payments",
    "issue_code",
    "leave_unnamed",
    "mappings",
    "match_automatically",
    "match_payment",
    "match_together",
    "open_requests",
    "orders",
    "payment_by_source_ref",
    "payment_card",
    "payment_of_transaction",
    "place",
    "receive",
    "received_payment",
    "refuse",
    "repayment_code",
    "request",
    "request_card",
    "request_hand_payment",
    "request_refund",
    "request_return",
    "requests_of_account",
    "retire_code",
    "reveal_payment",
    "statement",
    "statement_rows",
    "statements",
    "take_back",
    "take_statement_file",
    "undo_match",
    "waiting_payment_ids",
    "waiting_requests",
    "why_waiting",
    "withdraw",
]
