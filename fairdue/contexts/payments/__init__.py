"""Payments: money that arrives, how it finds its debt, and what needs a second pair of eyes before it moves.

Owns bank statements, incoming payments, their matching, suspense work, refunds, and requests for approval.
Does not own postings or balances (ledger) nor promises (cases).
"""
