"""The mapping of a bank's CSV: which column says what, as data, checked before a file is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairdue.engine.intake.bank.contents import BankFileRefused
from fairdue.kernel.money import MINOR_DIGITS

COLUMNS = (
    *("booking_date", "value_date", "amount", "credit", "debit", "balance", "currency", "payer_name"),
    *("payer_account", "remittance", "structured_ref", "end_to_end_ref", "bank_ref", "bank_code"),
)
KEYS = {
    *("code", "title", "encoding", "delimiter", "quote", "skip_lines", "footer", "account", "currency"),
    *("date_format", "decimal", "thousands", "order", "columns", "sign", "reversal", "opening", "closing"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvMapping:
    """How one bank writes its CSV; texts of `columns` are header cells, several are joined."""

    code: str
    encoding: str
    delimiter: str
    quote: str
    skip_lines: int
    footer: re.Pattern[str] | None
    """A line that it finds ends the rows."""
    account: re.Pattern[str] | None
    """Finds the account number, its first group, in the lines before the header."""
    currency: str
    date_format: str
    decimal: str
    thousands: str
    is_newest_first: bool
    columns: Mapping[str, tuple[str, ...]]
    sign_column: str
    credit_signs: frozenset[str]
    debit_signs: frozenset[str]
    reversal_column: str
    reversal_marks: frozenset[str]
    opening: re.Pattern[str] | None
    """Finds the opening balance, its first group, before the header or after the rows."""
    closing: re.Pattern[str] | None


def read_mapping(document: Any, *, name: str) -> CsvMapping:
    """Return a mapping from its document, as `packs/reference/bank_csv/*.yaml` holds it.

    1. There is a booking date, and exactly one of: a signed `amount`; `amount` with a `sign` column;
       `credit` and `debit` columns.
    2. The currency is fixed for the file or stands in a column.

    :raises BankFileRefused: `bank.mapping.invalid`, naming the key
    """
    if not isinstance(document, dict):
        raise _invalid(name, "the mapping is not a table of keys")
    if unknown := sorted(set(document) - KEYS):
        raise _invalid(name, f"unknown key {unknown[0]!r}; known are {', '.join(sorted(KEYS))}")
    columns = _columns(document.get("columns"), name)
    sign, reversal = _table(document, "sign", name), _table(document, "reversal", name)
    _require_amount(columns, bool(sign), name)
    currency = str(document.get("currency") or "")
    if currency not in MINOR_DIGITS and "currency" not in columns:
        raise _invalid(name, "give `currency`, or a column for it")
    return CsvMapping(
        code=str(document.get("code") or name),
        encoding=_encoding(str(document.get("encoding") or "utf-8"), name),
        delimiter=_character(document, "delimiter", ",", name),
        quote=_character(document, "quote", '"', name),
        skip_lines=_count(document.get("skip_lines", 0), name),
        footer=_pattern(document, "footer", name),
        account=_pattern(document, "account", name),
        currency=currency,
        date_format=str(document.get("date_format") or "%Y-%m-%d"),
        decimal=_character(document, "decimal", ".", name),
        thousands=str(document.get("thousands") or ""),
        is_newest_first=document.get("order", "oldest_first") == "newest_first",
        columns=columns,
        sign_column=str(sign.get("column") or ""),
        credit_signs=_marks(sign.get("credit")),
        debit_signs=_marks(sign.get("debit")),
        reversal_column=str(reversal.get("column") or ""),
        reversal_marks=_marks(reversal.get("marks")),
        opening=_pattern(document, "opening", name),
        closing=_pattern(document, "closing", name),
    )


def _invalid(name: str, message: str) -> BankFileRefused:
    return BankFileRefused(
        "bank.mapping.invalid", message, where=f"mapping {name}", advice="See docs/how-to/payments.md"
    )


def _columns(given: Any, name: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, dict):
        raise _invalid(name, "`columns` is missing")
    if unknown := sorted(set(given) - set(COLUMNS)):
        raise _invalid(name, f"unknown column {unknown[0]!r}; known are {', '.join(COLUMNS)}")
    if "booking_date" not in given:
        raise _invalid(name, "`columns.booking_date` is missing")
    return {
        key: tuple(map(str, cells if isinstance(cells, list) else [cells])) for key, cells in given.items()
    }


def _require_amount(columns: Mapping[str, Sequence[str]], has_sign: bool, name: str) -> None:
    is_split = "credit" in columns and "debit" in columns
    if ("amount" in columns) == is_split or (has_sign and is_split):
        raise _invalid(name, "give either `amount` (signed, or with `sign`) or both `credit` and `debit`")


def _table(document: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    given = document.get(key) or {}
    if not isinstance(given, dict) or (given and "column" not in given):
        raise _invalid(name, f"`{key}` needs a `column`")
    return given


def _marks(given: Any) -> frozenset[str]:
    return frozenset(map(str, given if isinstance(given, list) else [given] if given is not None else []))


def _pattern(document: Mapping[str, Any], key: str, name: str) -> re.Pattern[str] | None:
    if not document.get(key):
        return None
    try:
        return re.compile(str(document[key]))
    except re.error:
        raise _invalid(name, f"`{key}` is not a regular expression") from None


def _character(document: Mapping[str, Any], key: str, default: str, name: str) -> str:
    given = str(document.get(key, default))
    if len(given) != 1:
        raise _invalid(name, f"`{key}` is one character")
    return given


def _count(given: Any, name: str) -> int:
    if not isinstance(given, int) or not 0 <= given <= 100:
        raise _invalid(name, "`skip_lines` is a number from 0 to 100")
    return given


def _encoding(given: str, name: str) -> str:
    try:
        return codecs.lookup("utf-8-sig" if given.lower() in ("utf-8", "utf8") else given).name
    except LookupError:
        raise _invalid(name, f"unknown encoding {given!r}") from None
