"""What a lender may offer somebody who can't pay, found from the debts, the household and dated terms; pure.

`household` counts what is left to live and to pay, `terms` reads what the lender offers, `solve` finds the offers,
`countering` answers a borrower's own proposal, `treatment` finds like people with unlike offers.
"""
