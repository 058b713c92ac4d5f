"""What the law says about amounts: how much may be charged, on what interest runs, where a payment goes.

Amounts are integer minor units of one currency; rates are exact fractions of one a year unless named otherwise.
"""
