"""What a bank file says, whatever its format: statements, entries, rows that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MAX_BYTES = 64 * 1024 * 1024
"""Largest bank file that is read; a larger one is no statement of one day."""
MAX_ROWS = 500_000


class BankFileRefused(ValueError):
    """A bank file cannot be taken as a whole.

    `code` names the rule, `where` the place, `advice` what to do; the text never holds a value of a row.
    """

    def __init__(self, code: str, message: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.advice = code, message, where, advice


class RowUnreadable(ValueError):
    """One row cannot be read; `code` names the rule."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One movement on the bank account: an entry, or one transaction of a batch entry."""

    position: str
    """Where it stands in the file, such as `statement 1 entry 3 transaction 2`."""
    minor: int
    """Signed minor units: credits positive."""
    currency: str
    booking_date: date
    value_date: date
    is_booked: bool = True
    """False for what the bank only announces (pending, information)."""
    is_reversal: bool = False
    """The bank takes back an earlier entry of the opposite sign."""
    return_code: str = ""
    """Reason code of a return, such as AC04; also marks an entry as a return."""
    bank_ref: str = ""
    """The bank's own reference of the movement."""
    end_to_end_ref: str = ""
    original_ref: str = ""
    """Of a return: the reference of the payment that it takes back."""
    structured_ref: str = ""
    remittance: str = ""
    payer_name: str = ""
    payer_account: str = ""
    bank_code: str = ""
    """The bank's kind of the movement, such as PMNT/RCDT/ESCT or NTRF."""

    @property
    def is_return(self) -> bool:
        """Tell whether the bank takes money back that it had brought."""
        return self.minor < 0 and (self.is_reversal or bool(self.return_code))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRejected:
    """One row that could not be read, and why."""

    position: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """One statement, report or notification about one account; rows in the file's order."""

    format: str
    statement_ref: str
    account: str
    currency: str
    from_date: date | None = None
    to_date: date | None = None
    opening_minor: int | None = None
    closing_minor: int | None = None
    entries: tuple[BankEntry, ...] = ()
    rejected: tuple[RowRejected, ...] = ()

    @property
    def row_count(self) -> int:
        """Rows that came in: entries and rejections."""
        return len(self.entries) + len(self.rejected)

    @property
    def difference_minor(self) -> int | None:
        """Opening balance plus booked entries minus closing balance; None without both balances."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        moved = sum(entry.minor for entry in self.entries if entry.is_booked)
        return self.opening_minor + moved - self.closing_minor


def require_balanced(statement: BankStatement, number: int) -> None:
    """Pass silently, or refuse a statement whose rows were all read and still do not add up.

    A difference that rejected rows may explain does not refuse the file: it is kept and shown.

    :raises BankFileRefused: `bank.statement.unbalanced`
    """
    difference = statement.difference_minor
    if difference and not statement.rejected:
        raise BankFileRefused(
            "bank.statement.unbalanced",
            f"opening balance plus entries differs from the closing balance by {difference} minor units",
            where=f"statement {number}",
            advice="Fetch the file from the bank again; nothing was booked",
        )
