"""Ledger: dues, transactions, postings, allocation, days past due.

Owns every cent: immutable postings in minor units, and the folds and caches derived from them.
Does not own who owes (parties) nor under which contract (book).
"""
