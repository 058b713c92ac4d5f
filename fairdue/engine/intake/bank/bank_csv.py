"""Bank CSV by a mapping: every line after the header is an entry or a rejection with its reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fairdue.engine.intake.bank.contents import (
    MAX_ROWS,
    BankEntry,
    BankFileRefused,
    BankStatement,
    RowRejected,
    RowUnreadable,
)
from fairdue.engine.intake.bank.mapping import CsvMapping
from fairdue.engine.intake.bank.values import formatted_day, minor_units, one_line

csv.field_size_limit(1_000_000)
AMOUNT = re.compile(
    r"(?P<bracket>\()?(?:(?P<minus>[-−])|\+)?\s*[¥¥€$]?\s*(?P<digits>\d[\d.,' \u00a0]*?)\s*(?P<after>-)?\)?"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """An entry with the balance that the bank printed beside it."""

    entry: BankEntry
    balance: int | None


def read_bank_csv(content: bytes, mapping: CsvMapping) -> tuple[BankStatement, ...]:
    """Return the one statement of a bank CSV.

    1. Empty lines and what follows a footer are no rows; every other line after the header is one.
    2. With a balance column, opening and closing balance follow from the first and last row, and a row
       that is missing between them shows as a difference.

    :raises BankFileRefused: if the file cannot be decoded or its header lacks a column of the mapping
    """
    before, header, body, after = _split(_decoded(content, mapping), mapping)
    where_cells = _header(header, mapping)
    lines: list[_Line] = []
    rejected: list[RowRejected] = []
    for number, cells in body:
        try:
            lines.append(_line(cells, where_cells, mapping, f"line {number}"))
        except RowUnreadable as reason:
            rejected.append(RowRejected(position=f"line {number}", code=reason.code))
    outside = "\n".join([*before, *after])
    opening, closing = _balances(lines, outside, mapping)
    dates = [line.entry.booking_date for line in lines]
    return (
        BankStatement(
            format=f"csv:{mapping.code}",
            statement_ref="",
            account=_found(mapping.account, outside),
            currency=mapping.currency or (lines[0].entry.currency if lines else ""),
            from_date=min(dates, default=None),
            to_date=max(dates, default=None),
            opening_minor=opening,
            closing_minor=closing,
            entries=tuple(line.entry for line in lines),
            rejected=tuple(rejected),
        ),
    )


def _decoded(content: bytes, mapping: CsvMapping) -> str:
    try:
        return content.decode(mapping.encoding)
    except UnicodeDecodeError as error:
        raise BankFileRefused(
            "bank.file.encoding",
            f"the file is not {mapping.encoding}",
            where=f"byte {error.start}",
            advice=f"Set `encoding` in mapping {mapping.code}, such as gb18030",
        ) from None


def _split(
    text: str, mapping: CsvMapping
) -> tuple[list[str], list[str], list[tuple[int, list[str]]], list[str]]:
    """Return the lines before the header, the header, the numbered rows, and the lines after them."""
    source = io.StringIO(text, newline="")
    before = [source.readline().rstrip("\r\n") for _ in range(mapping.skip_lines)]
    reader = csv.reader(source, delimiter=mapping.delimiter, quotechar=mapping.quote, strict=True)
    rows: list[tuple[int, list[str]]] = []
    after: list[str] = []
    try:
        for cells in reader:
            if after or _is_footer(cells, mapping):
                after.append(mapping.delimiter.join(cells))
            elif any(cell.strip() for cell in cells):
                rows.append((mapping.skip_lines + reader.line_num, cells))
            if len(rows) > MAX_ROWS:
                raise BankFileRefused("bank.file.too_many_rows", f"more than {MAX_ROWS:,} rows")
    except csv.Error:
        raise BankFileRefused(
            "bank.file.not_csv",
            "the quotes or cells cannot be read",
            where=f"line {mapping.skip_lines + reader.line_num}",
            advice=f"Check `delimiter` and `quote` of mapping {mapping.code}",
        ) from None
    if not rows:
        raise BankFileRefused(
            "bank.file.empty",
            "there is no header line",
            advice=f"Check `skip_lines` of mapping {mapping.code}",
        )
    return before, rows[0][1], rows[1:], after


def _is_footer(cells: Sequence[str], mapping: CsvMapping) -> bool:
    return mapping.footer is not None and bool(mapping.footer.search(mapping.delimiter.join(cells)))


def _header(cells: Sequence[str], mapping: CsvMapping) -> dict[str, int]:
    """Return the place of each header cell that the mapping names."""
    places = {one_line(cell): place for place, cell in reversed(list(enumerate(cells)))}
    named = [cell for names in mapping.columns.values() for cell in names]
    named += [cell for cell in (mapping.sign_column, mapping.reversal_column) if cell]
    if missing := [cell for cell in named if cell not in places]:
        raise BankFileRefused(
            "bank.file.column_missing",
            f"the header lacks {', '.join(map(repr, missing))}",
            where=f"line {mapping.skip_lines + 1}",
            advice=f"Check `columns` and `skip_lines` of mapping {mapping.code}",
        )
    return {cell: places[cell] for cell in named}


def _line(cells: Sequence[str], places: Mapping[str, int], mapping: CsvMapping, position: str) -> _Line:
    def text(key: str) -> str:
        names = mapping.columns.get(key, ())
        return one_line(*(cells[places[name]] for name in names if places[name] < len(cells)))

    if len(cells) < max(places.values()) + 1:
        raise RowUnreadable("bank.row.cells_missing")
    currency = text("currency") or mapping.currency
    booking = formatted_day(text("booking_date"), mapping.date_format)
    value = text("value_date")
    entry = BankEntry(
        position=position,
        minor=_amount(text, cells, places, mapping, currency),
        currency=currency,
        booking_date=booking,
        value_date=formatted_day(value, mapping.date_format) if value else booking,
        is_reversal=bool(mapping.reversal_column)
        and cells[places[mapping.reversal_column]].strip() in mapping.reversal_marks,
        bank_ref=text("bank_ref"),
        end_to_end_ref=text("end_to_end_ref"),
        original_ref=text("end_to_end_ref"),
        structured_ref=text("structured_ref"),
        remittance=text("remittance"),
        payer_name=text("payer_name"),
        payer_account=text("payer_account"),
        bank_code=text("bank_code"),
    )
    balance = text("balance")
    return _Line(entry, _signed(balance, mapping, currency) if balance else None)


def _amount(
    text: Callable[[str], str],
    cells: Sequence[str],
    places: Mapping[str, int],
    mapping: CsvMapping,
    currency: str,
) -> int:
    if "amount" not in mapping.columns:
        credit = _signed(text("credit") or "0", mapping, currency)
        debit = _signed(text("debit") or "0", mapping, currency)
        if (credit == 0) == (debit == 0):
            raise RowUnreadable("bank.row.credit_or_debit")
        return credit or -debit
    minor = _signed(text("amount"), mapping, currency)
    if mapping.sign_column:
        mark = cells[places[mapping.sign_column]].strip()
        if mark not in mapping.credit_signs | mapping.debit_signs:
            raise RowUnreadable("bank.row.credit_or_debit")
        minor = minor if mark in mapping.credit_signs else -minor
    if minor == 0:
        raise RowUnreadable("bank.row.amount")
    return minor


def _signed(text: str, mapping: CsvMapping, currency: str) -> int:
    """Read an amount in the bank's writing; a sign may stand before or after, brackets mean minus."""
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise RowUnreadable("bank.row.amount")
    is_negative, bare = bool(match["minus"] or match["bracket"] or match["after"]), match["digits"]
    if mapping.thousands:
        bare = bare.replace(mapping.thousands, "")
    if mapping.decimal != ".":
        if "." in bare:
            raise RowUnreadable("bank.row.amount")
        bare = bare.replace(mapping.decimal, ".")
    minor = minor_units(bare, currency)
    return -minor if is_negative else minor


def _balances(lines: Sequence[_Line], outside: str, mapping: CsvMapping) -> tuple[int | None, int | None]:
    opening, closing = (_printed(pattern, outside, mapping) for pattern in (mapping.opening, mapping.closing))
    ordered = list(reversed(lines)) if mapping.is_newest_first else list(lines)
    if ordered and opening is None and (first := ordered[0]).balance is not None:
        opening = first.balance - first.entry.minor
    if ordered and closing is None:
        closing = ordered[-1].balance
    return opening, closing


def _printed(pattern: re.Pattern[str] | None, outside: str, mapping: CsvMapping) -> int | None:
    found = _found(pattern, outside)
    try:
        return _signed(found, mapping, mapping.currency) if found else None
    except RowUnreadable as reason:
        raise BankFileRefused(
            "bank.statement.header", f"the printed balance cannot be read ({reason.code})"
        ) from None


def _found(pattern: re.Pattern[str] | None, text: str) -> str:
    match = pattern.search(text) if pattern is not None else None
    return match[1].strip() if match and match.groups() else ""
