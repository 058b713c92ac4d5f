"""Book: creditors, products, accounts and the files they came in.

Owns the contract side of a debt and the history of imports. Does not own balances (ledger does).
"""
