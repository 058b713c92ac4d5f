"""Amounts and dates of bank files: exact or not at all."""

from __future__ import annotations

import re
from datetime import date, datetime

from fairdue.engine.intake.bank.contents import RowUnreadable
from fairdue.kernel.money import MAX_MINOR, MINOR_DIGITS

PLAIN = re.compile(r"(\d{1,18})(?:\.(\d*))?")
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*|Z|[+-]\d{2}:\d{2})?")


def minor_units(text: str, currency: str) -> int:
    """Read an unsigned decimal with a point as minor units of a currency.

    1. Decimals beyond the currency's must be zero: nothing is rounded.
    2. Zero is read; amounts above 2^53 minor units are not.

    :raises RowUnreadable: `bank.row.currency`, `bank.row.amount`, `bank.row.amount_too_large`
    """
    digits = MINOR_DIGITS.get(currency)
    if digits is None:
        raise RowUnreadable("bank.row.currency")
    match = PLAIN.fullmatch(text.strip())
    if match is None:
        raise RowUnreadable("bank.row.amount")
    fraction = (match[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise RowUnreadable("bank.row.amount")
    minor = int(match[1]) * 10**digits + int(fraction.ljust(digits, "0") or 0)
    if minor > MAX_MINOR:
        raise RowUnreadable("bank.row.amount_too_large")
    return minor


def day(text: str) -> date:
    """Read an ISO 8601 day, or the day of an ISO 8601 moment as the bank wrote it.

    :raises RowUnreadable: `bank.row.date`
    """
    match = DATE.fullmatch(text.strip())
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else _no_date()
    except ValueError as error:
        raise RowUnreadable("bank.row.date") from error


def formatted_day(text: str, pattern: str) -> date:
    """Read a day by a `strptime` pattern.

    :raises RowUnreadable: `bank.row.date`
    """
    try:
        return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise RowUnreadable("bank.row.date") from error


def short_day(text: str) -> date:
    """Read YYMMDD; years 80 to 99 are of the last century, as SWIFT reads them.

    :raises RowUnreadable: `bank.row.date`
    """
    try:
        year = int(text[:2])
        return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError as error:
        raise RowUnreadable("bank.row.date") from error


def one_line(*texts: str) -> str:
    """Join texts with single spaces, without control characters."""
    joined = " ".join(text for text in texts if text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in joined).split())


def _no_date() -> date:
    raise RowUnreadable("bank.row.date")
