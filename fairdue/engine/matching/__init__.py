"""Pure matching of money to debts: repayment codes, what a remittance text says, reasons and scores."""
