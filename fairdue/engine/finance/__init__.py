"""Finance: closed calculations over money, exact: annuities, annual rates, minimum payments, ratios, budgets.

Keeps no books (the ledger does) and decides nothing. Amounts are exact fractions in currency units; what is
rounded, and when, is said by each function.
"""
