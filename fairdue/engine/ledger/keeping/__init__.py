"""Keeping: what a creditor's own system would send of a contract, derived: due items and dated charges.

Pure. A contract, the events of its account and a day give the same items and charges every time; the ledger's
context lands the differences. `card*` keeps revolving cards, everything else instalment contracts.
"""
