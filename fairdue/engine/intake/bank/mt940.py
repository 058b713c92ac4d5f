"""SWIFT MT940 customer statements, field by field as the user handbook writes them.

1. Read here and not by the package mt-940, which logs what it cannot read (personal data of payers) and
   gives a whole file or none; the tests hold this reader against that package.
2. Field 61: `6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]` and a line of further details. C and RD add, D and RC take
   away; RC takes back an earlier credit, so it is a return.
3. Field 86 is read as `?20…?63` subfields, as `/EREF/…/REMI/…` words, or as free text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from fairdue.engine.intake.bank.contents import (
    MAX_ROWS,
    BankEntry,
    BankFileRefused,
    BankStatement,
    RowRejected,
    RowUnreadable,
)
from fairdue.engine.intake.bank.field86 import Information, read_information
from fairdue.engine.intake.bank.values import minor_units, one_line, short_day

TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
BLOCKS = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:|^-\}?[ \t]*$", re.MULTILINE)
BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]{1,16})")
LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d[\d,]{0,14})"
    r"(?P<kind>[NFSL][A-Z0-9]{3})(?P<own>(?:(?!//)[^\n]){0,35})(?://(?P<bank>[^\n]{0,35}))?"
    r"(?:\n(?P<more>[\s\S]*))?"
)
NO_REFERENCE = {"NONREF", "NOTPROVIDED", ""}


@dataclass
class _Draft:
    """A statement while its fields are read."""

    number: int
    reference: str = ""
    account: str = ""
    sequence: str = ""
    currency: str = ""
    opening: int | None = None
    opening_date: date | None = None
    closing: int | None = None
    closing_date: date | None = None
    rows: list[BankEntry | RowRejected] = field(default_factory=list)
    is_after_line: bool = False


def looks_like_mt940(content: bytes) -> bool:
    """Tell whether bytes begin like an MT940 file, with or without SWIFT blocks."""
    head = content[:2000].removeprefix(b"\xef\xbb\xbf")
    return b":20:" in head and (b":25" in head or head.lstrip().startswith(b"{1:"))


def read_mt940(content: bytes, *, encoding: str = "") -> tuple[BankStatement, ...]:
    """Return the statements of an MT940 file; without an encoding UTF-8 and then Latin-1 are tried.

    :raises BankFileRefused: if there is no statement, or a header field or balance cannot be read
    """
    drafts: list[_Draft] = []
    for tag, value in _fields(_decoded(content, encoding)):
        if tag == "20":
            drafts.append(_Draft(number=len(drafts) + 1, reference=one_line(value)))
        elif drafts:
            _take(drafts[-1], tag, value)
    if not drafts:
        raise BankFileRefused(
            "bank.file.empty", "the file holds no :20: field, so no statement", advice="Is it an MT940 file?"
        )
    if sum(len(draft.rows) for draft in drafts) > MAX_ROWS:
        raise BankFileRefused("bank.file.too_many_rows", f"more than {MAX_ROWS:,} entries")
    return tuple(_statement(draft) for draft in drafts)


def _decoded(content: bytes, encoding: str) -> str:
    for name in (encoding,) if encoding else ("utf-8-sig", "latin-1"):
        try:
            return content.decode(name).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    raise BankFileRefused("bank.file.encoding", f"the file cannot be read as {encoding}")


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield tags with their values, SWIFT's envelope taken off."""
    body = BLOCKS.sub("", text)
    marks = list(TAG.finditer(body))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        yield mark[1], body[mark.end() : following.start() if following else None].strip("\n")


def _take(draft: _Draft, tag: str, value: str) -> None:
    where = f"statement {draft.number} field :{tag}:"
    if tag in ("25", "25P"):
        draft.account = one_line(value.split("\n")[0])
    elif tag in ("28", "28C"):
        draft.sequence = one_line(value)
    elif tag in ("60F", "60M"):
        draft.opening, draft.opening_date, draft.currency = _balance(value, where)
    elif tag in ("62F", "62M"):
        draft.closing, draft.closing_date, _ = _balance(value, where)
    elif tag == "61":
        draft.rows.append(_line(draft, value))
    elif tag == "86" and draft.is_after_line and isinstance(draft.rows[-1], BankEntry):
        draft.rows[-1] = _informed(draft.rows[-1], read_information(value))
    draft.is_after_line = tag == "61"


def _balance(value: str, where: str) -> tuple[int, date, str]:
    match = BALANCE.fullmatch(value.strip())
    try:
        if match is None:
            raise RowUnreadable("bank.row.amount")
        minor = minor_units(_point(match[4]), match[3])
        return (minor if match[1] == "C" else -minor), short_day(match[2]), match[3]
    except RowUnreadable as reason:
        raise BankFileRefused(
            "bank.statement.header", f"the balance cannot be read ({reason.code})", where=where
        ) from None


def _point(amount: str) -> str:
    return amount.replace(",", ".", 1)


def _line(draft: _Draft, value: str) -> BankEntry | RowRejected:
    position = f"statement {draft.number} entry {len(draft.rows) + 1}"
    try:
        return _entry(draft, value, position)
    except RowUnreadable as reason:
        return RowRejected(position=position, code=reason.code)


def _entry(draft: _Draft, value: str, position: str) -> BankEntry:
    match = LINE.fullmatch(value.strip())
    if match is None:
        raise RowUnreadable("bank.row.form")
    minor = minor_units(_point(match["amount"]), draft.currency)
    if minor == 0:
        raise RowUnreadable("bank.row.amount")
    value_date = short_day(match["value"])
    own = one_line(match["own"])
    is_reference = own.upper() not in NO_REFERENCE
    return BankEntry(
        position=position,
        minor=minor if match["mark"] in ("C", "RD") else -minor,
        currency=draft.currency,
        booking_date=_entry_date(match["entry"], value_date),
        value_date=value_date,
        is_reversal=match["mark"].startswith("R"),
        bank_ref=_reference(match["bank"]),
        end_to_end_ref=own if is_reference else "",
        original_ref=own if is_reference else "",
        remittance=one_line(match["more"] or ""),
        bank_code=match["kind"],
    )


def _reference(text: str | None) -> str:
    bare = one_line(text or "")
    return "" if bare.upper() in NO_REFERENCE else bare


def _entry_date(text: str | None, value_date: date) -> date:
    """Return the booking day: month and day of the field in the year that lies nearest to the value date."""
    if not text:
        return value_date
    found = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            found.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not found:
        raise RowUnreadable("bank.row.date")
    return min(found, key=lambda each: abs((each - value_date).days))


def _informed(entry: BankEntry, information: Information) -> BankEntry:
    """Return an entry with what field 86 adds; field 61's own words stay where 86 is silent."""
    return replace(
        entry,
        remittance=information.remittance or entry.remittance,
        payer_name=information.payer_name,
        payer_account=information.payer_account,
        end_to_end_ref=information.end_to_end_ref or entry.end_to_end_ref,
        original_ref=information.end_to_end_ref or entry.original_ref,
        structured_ref=information.structured_ref,
        return_code=information.return_code,
    )


def _statement(draft: _Draft) -> BankStatement:
    entries = tuple(row for row in draft.rows if isinstance(row, BankEntry))
    if draft.rows and not draft.currency:
        raise BankFileRefused(
            "bank.statement.header",
            "there is no opening balance, so no currency",
            where=f"statement {draft.number} field :60F:",
        )
    dates = [entry.booking_date for entry in entries]
    return BankStatement(
        format="mt940",
        statement_ref=" ".join(part for part in (draft.reference, draft.sequence) if part),
        account=draft.account,
        currency=draft.currency,
        from_date=draft.opening_date or min(dates, default=None),
        to_date=draft.closing_date or max(dates, default=None),
        opening_minor=draft.opening,
        closing_minor=draft.closing,
        entries=entries,
        rejected=tuple(row for row in draft.rows if isinstance(row, RowRejected)),
    )
