"""Cases: one case a person over all debts; queue, assignment, notes, outcomes, promises.

Owns the collector's work. Does not own the money (ledger) nor the permission to contact (law).
"""
