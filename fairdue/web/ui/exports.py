"""Lists as files: CSV to read, XLSX with real numbers and dates, Parquet for a program.

All three come from the same `Table`, so a file shows what the page shows and masks what the page masks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from fairdue.kernel.money import Money, minor_digits
from fairdue.web.ui.tables import Column, Table

ROW_LIMIT = 10_000
"""A file from a page holds at most so many rows; it is made in memory. Larger ones: the command line."""
SHEET_NAME_LIMIT, CELL_LIMIT = 31, 32_767
WIDEST = 60
MICROSECONDS = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a file comes from: written into XLSX and Parquet, so that a copy says what it is."""

    title: str
    made_by: str
    made_at: datetime
    query: str = ""
    """The filters of the page, as its address has them; no address carries personal data."""


def list_file(table: Table, *, name: str, file_format: str, origin: Origin) -> HttpResponse:
    """Return a list as a file of one of `FORMATS`; a file that the limit cut says so in its name."""
    content_type, write = FORMATS[file_format]
    whole = f"{name}-first-{len(table.data)}" if table.next_cursor else name
    response = HttpResponse(write(table, origin), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{whole}.{file_format}"'
    return response


def csv_bytes(table: Table, origin: Origin) -> bytes:
    """Return the rows as UTF-8 with a byte-order mark, as spreadsheets expect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([str(column.label) for column in table.exported_columns])
    writer.writerows([column.exported(row) for column in table.exported_columns] for row in table.data)
    return ("\ufeff" + buffer.getvalue()).encode()


def xlsx_bytes(table: Table, origin: Origin) -> bytes:
    """Return a workbook: a sheet of typed cells under a frozen head, and a sheet that says where it is from.

    1. Amounts are numbers in the format of their currency, dates are dates, instants are in the house zone.
    2. A text that begins like a formula stays text: no cell of the file is a formula or a link.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties(
            {"title": origin.title, "author": origin.made_by, "created": _naive(origin.made_at)}
        )
        _rows_sheet(book, table, origin.title)
        _origin_sheet(book, table, origin)
    return buffer.getvalue()


def _rows_sheet(book: Any, table: Table, title: str) -> None:
    columns, formats = table.exported_columns, _Formats(book)
    sheet = book.add_worksheet(_sheet_name(title))
    for at, column in enumerate(columns):
        sheet.write_string(0, at, str(column.label), formats.of("head"))
        sheet.set_column(at, at, _width(column, table))
    for line, row in enumerate(table.data, start=1):
        for at, column in enumerate(columns):
            _write(sheet, formats, line, at, column.typed(row))
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, max(len(table.data), 1), len(columns) - 1)


def _origin_sheet(book: Any, table: Table, origin: Origin) -> None:
    sheet = book.add_worksheet(_sheet_name(_("About this file")))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, WIDEST)
    made_at = timezone.localtime(origin.made_at).strftime("%Y-%m-%d %H:%M")
    facts = [
        (_("List"), origin.title), (_("Made by"), origin.made_by), (_("Made at"), made_at),
        (_("Filters"), origin.query or "–"), (_("Rows"), f"{len(table.data):,} / {table.count_text}"),
    ]  # fmt: skip
    for line, pair in enumerate(facts):
        for at, text in enumerate(pair):
            sheet.write_string(line, at, text)


class _Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book, self.made = book, {}  # type: ignore[var-annotated]

    def of(self, kind: str) -> Any:
        if kind not in self.made:
            self.made[kind] = self.book.add_format(_format(kind))
        return self.made[kind]


def _format(kind: str) -> dict[str, Any]:
    fixed: dict[str, dict[str, Any]] = {
        "head": {"bold": True, "bottom": 1, "bg_color": "#EFF1F0", "valign": "vcenter"},
        "date": {"num_format": "yyyy-mm-dd", "align": "left"},
        "instant": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
        "count": {"num_format": "#,##0"},
    }
    if kind in fixed:
        return fixed[kind]
    decimals = minor_digits(kind)
    return {"num_format": f"[${kind}] #,##0" + ("." + "0" * decimals if decimals else "")}


def _write(sheet: Any, formats: _Formats, line: int, at: int, value: Any) -> None:
    """Write one cell by the type of its value; nothing stays an empty cell."""
    if value is None or value == "":
        return
    if isinstance(value, Money):
        sheet.write_number(line, at, float(value.amount), formats.of(value.currency))
    elif isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int):
        sheet.write_number(line, at, value, formats.of("count"))
    elif isinstance(value, float | Decimal):
        sheet.write_number(line, at, float(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(line, at, _naive(value), formats.of("instant"))
    elif isinstance(value, date):
        sheet.write_datetime(line, at, value, formats.of("date"))
    else:
        sheet.write_string(line, at, str(value)[:CELL_LIMIT])


def _naive(value: datetime) -> datetime:
    """Return an instant as the house's wall clock shows it: spreadsheets know no zones."""
    return timezone.localtime(value).replace(tzinfo=None, microsecond=0)


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:SHEET_NAME_LIMIT] or "1"


def _width(column: Column, table: Table) -> int:
    longest = max((len(column.exported(row)) for row in table.data[:200]), default=0)
    return min(max(longest, 2 * len(str(column.label)), 8) + 3, WIDEST)


def parquet_bytes(table: Table, origin: Origin) -> bytes:
    """Return the rows typed, under the columns' stable names; an amount is `<name>_minor` and `<name>_currency`.

    1. Whole numbers are Int64, dates Date, instants UTC in microseconds, everything else text.
    2. Who made it, when and with which filters stands in the file's own metadata.
    """
    series: list[pl.Series] = []
    for column in table.exported_columns:
        series += _series(column, [column.typed(row) for row in table.data])
    buffer = io.BytesIO()
    said = {
        "made_by": origin.made_by,
        "made_at": origin.made_at.astimezone(UTC).isoformat(),
        "query": origin.query,
    }
    pl.DataFrame(series).write_parquet(
        buffer, metadata={f"fairdue.{key}": text for key, text in said.items()}
    )
    return buffer.getvalue()


def _series(column: Column, values: list[Any]) -> list[pl.Series]:
    found = [value for value in values if value is not None and value != ""]
    if column.is_money or (found and all(isinstance(value, Money) for value in found)):
        amounts = [value if isinstance(value, Money) else None for value in values]
        return [
            pl.Series(f"{column.name}_minor", [a.minor if a else None for a in amounts], pl.Int64),
            pl.Series(f"{column.name}_currency", [a.currency if a else None for a in amounts], pl.String),
        ]
    for test, kind in _KINDS:
        if found and all(test(value) for value in found):
            return [pl.Series(column.name, [None if value == "" else value for value in values], kind)]
    return [pl.Series(column.name, [None if value is None else str(value) for value in values], pl.String)]


_KINDS: tuple[tuple[Callable[[Any], bool], Any], ...] = (
    (lambda value: isinstance(value, bool), pl.Boolean),
    (lambda value: isinstance(value, int) and not isinstance(value, bool), pl.Int64),
    (lambda value: isinstance(value, datetime), MICROSECONDS),
    (lambda value: isinstance(value, date) and not isinstance(value, datetime), pl.Date),
)

FORMATS: Mapping[str, tuple[str, Callable[[Table, Origin], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_bytes),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
    "parquet": ("application/vnd.apache.parquet", parquet_bytes),
}
