"""Bank files in words: why a file is refused as a whole, and why a row of it was not booked."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

BANK_REASONS = {
    "bank.file.column_missing": word("A column that the mapping names is missing: choose the mapping of this bank."),
    "bank.file.doctype": word("The XML file carries a document type, which bank files do not: it is not read."),
    "bank.file.empty": word("The file is empty."),
    "bank.file.encoding": word("The characters of the file cannot be read: export it again, in UTF-8 if you can choose."),
    "bank.file.format": word("This is none of the known forms: camt.053, camt.054, MT940, or a CSV with a mapping."),
    "bank.file.mapping_missing": word("For a CSV choose which bank it is from."),
    "bank.file.not_camt": word("This XML file is no camt.053 or camt.054."),
    "bank.file.not_csv": word("This is no CSV as the mapping describes it."),
    "bank.file.not_xml": word("The XML file is damaged: fetch it from the bank again."),
    "bank.file.too_large": word("The file is too large: split it, or use the command line."),
    "bank.file.too_many_rows": word("The file has too many rows: split it, or use the command line."),
    "bank.mapping.invalid": word("The mapping of this bank is faulty: tell the administrator."),
    "bank.mapping.unknown": word("There is no such mapping: choose another one."),
    "bank.row.amount": word("The amount cannot be read."),
    "bank.row.amount_too_large": word("The amount is too large to be kept exactly."),
    "bank.row.cells_missing": word("The row has fewer cells than the head."),
    "bank.row.credit_or_debit": word("It does not say whether money came in or went out."),
    "bank.row.currency": word("The currency is unknown, or another one than the statement's."),
    "bank.row.date": word("The date cannot be read."),
    "bank.row.date_future": word("The date lies in the future."),
    "bank.row.debit_not_ours": word("Money went out, on no order of ours."),
    "bank.row.form": word("The row is not formed as it must be."),
    "bank.row.known": word("This entry was booked before, from this or another file."),
    "bank.row.not_booked": word("The bank has only announced it: it is booked when the bank has."),
    "bank.row.outgoing_came_back": word("Money that we sent out came back: look at the payment orders."),
    "bank.row.return_ambiguous": word("Money was taken back, and more than one payment may be meant."),
    "bank.row.return_without_original": word("Money was taken back of a payment that was never booked here."),
    "bank.statement.currency": word("The statement is in a currency in which no books are kept here."),
    "bank.statement.header": word("The statement's head is incomplete."),
    "bank.statement.unbalanced": word("Opening balance and entries do not come to the closing balance."),
    "payments.statement.creditor": word("This creditor is outside your data scope."),
}  # fmt: skip
