"""Decisions: strategy versions, nightly cycles and the record of what was decided and why.

Owns the choice of the next step. Does not own whether it is lawful (law) nor its execution.
"""
