"""Arrangements: what a person can afford, what may be offered, what was agreed, and whether it is kept.

Owns assessments of ability to pay, proposals, agreements, their instalments and breaches. Does not own the money
(ledger), how it is paid (payments), nor the permission to contact (law).
"""
