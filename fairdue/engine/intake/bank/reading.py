"""Read a bank file of any known format, told by its content."""

from __future__ import annotations

from fairdue.engine.intake.bank.bank_csv import read_bank_csv
from fairdue.engine.intake.bank.camt import looks_like_camt, read_camt
from fairdue.engine.intake.bank.contents import MAX_BYTES, BankFileRefused, BankStatement, require_balanced
from fairdue.engine.intake.bank.mapping import CsvMapping
from fairdue.engine.intake.bank.mt940 import looks_like_mt940, read_mt940

FORMATS = ("camt", "mt940", "csv")


def format_of(content: bytes) -> str:
    """Return `camt`, `mt940` or `csv`, from how a file begins."""
    if looks_like_camt(content):
        return "camt"
    return "mt940" if looks_like_mt940(content) else "csv"


def read_bank_file(
    content: bytes, *, format: str = "", mapping: CsvMapping | None = None
) -> tuple[BankStatement, ...]:
    """Return the statements of a bank file, each checked: opening balance + entries = closing balance.

    :raises BankFileRefused: if the file is empty, too large, of an unknown format, or does not add up
    """
    if not content.strip():
        raise BankFileRefused("bank.file.empty", "the file is empty")
    if len(content) > MAX_BYTES:
        raise BankFileRefused("bank.file.too_large", f"the file is larger than {MAX_BYTES // 2**20} MB")
    if format and format not in FORMATS:
        raise BankFileRefused("bank.file.format", f"unknown format {format!r}; known: {', '.join(FORMATS)}")
    chosen = format or ("csv" if mapping is not None else format_of(content))
    if chosen == "camt":
        statements = read_camt(content)
    elif chosen == "mt940":
        statements = read_mt940(content)
    elif mapping is not None:
        statements = read_bank_csv(content, mapping)
    else:
        raise BankFileRefused(
            "bank.file.mapping_missing",
            "a CSV of a bank needs a mapping of its columns",
            advice="Name one of packs/reference/bank_csv, or write one: docs/how-to/payments.md",
        )
    for number, statement in enumerate(statements, start=1):
        require_balanced(statement, number)
    return statements
