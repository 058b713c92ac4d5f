"""How late debts are on any day and what follows from it: days past due, buckets, grades, stages, default.

Owns the columns of lateness over any number of accounts, the history of one account or person, and the
classifications made from it. Does not own what is unpaid: `life` and the due items say that.
"""
