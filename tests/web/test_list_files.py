"""Lists as files: typed, masked like the page, harmless in a spreadsheet, and recorded."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.utils import translation

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.money import Money
from fairdue.web.ui.exports import Origin, csv_bytes, list_file, parquet_bytes, xlsx_bytes
from fairdue.web.ui.tables import Column, MoneyColumn, SelectColumn, Table
from tests.web.desk_world import DEBTOR

MADE_AT = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
ORIGIN = Origin(title="Open [work]", made_by="Wang", made_at=MADE_AT, query="queue=m1")


def a_table(rows, **options) -> Table:
    return Table(
        rows,
        columns=[
            SelectColumn("ids", "name", label_of=str),
            Column("name", "Debtor", is_row_head=True),
            MoneyColumn("owed", "Overdue"),
            Column("due", "Due on"),
            Column("at", "Seen at"),
            Column("days", "Days"),
            Column("button", "Do", is_exported=False),
        ],
        **options,
    )


def a_row(**changes):
    row = {
        "name": "李**", "owed": Money(820_050), "due": date(2026, 10, 5), "at": MADE_AT, "days": 47, "button": "x",
    }  # fmt: skip
    return row | changes


def sheet_of(data: bytes, sheet: int = 1) -> pl.DataFrame:
    return pl.read_excel(io.BytesIO(data), sheet_id=sheet, has_header=sheet == 1)


def xml_of(data: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read(f"xl/{part}.xml").decode()


def test_a_workbook_has_real_numbers_dates_and_a_frozen_head():
    with translation.override("en"):
        data = xlsx_bytes(a_table([a_row(), a_row(owed=Money(500, "JPY"))]), ORIGIN)
    sheet = sheet_of(data)
    assert sheet.columns == ["Debtor", "Overdue", "Due on", "Seen at", "Days"]
    assert sheet.row(0) == ("李**", 8200.5, date(2026, 10, 5), datetime(2026, 11, 21, 10, 30), 47)
    assert sheet["Overdue"].to_list() == [8200.5, 500]
    styles, cells = xml_of(data, "styles"), xml_of(data, "worksheets/sheet1")
    assert "[$CNY] #,##0.00" in styles and '"[$JPY] #,##0"' in styles
    assert 'state="frozen"' in cells and '<autoFilter ref="A1:E3"/>' in cells
    assert 'name="Open work"' in xml_of(data, "workbook")
    assert ("Filters", "queue=m1") in sheet_of(data, 2).rows()


@pytest.mark.parametrize(
    "evil", ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "http://evil.example", "{=1}"]
)
def test_no_text_becomes_a_formula_or_a_link(evil):
    data = xlsx_bytes(a_table([a_row(name=evil)]), ORIGIN)
    cells = xml_of(data, "worksheets/sheet1")
    assert "<f>" not in cells and "hyperlink" not in cells
    assert sheet_of(data)["Debtor"][0].strip() == evil.strip()
    written = list(
        csv.reader(io.StringIO(csv_bytes(a_table([a_row(name=evil)]), ORIGIN).decode("utf-8-sig")))
    )
    assert not written[1][0].startswith(("=", "+", "-", "@", "\t"))


def test_a_text_longer_than_a_cell_and_a_missing_value_are_written():
    sheet = sheet_of(xlsx_bytes(a_table([a_row(name="x" * 40_000, owed=None, due=None), a_row()]), ORIGIN))
    assert (len(sheet["Debtor"][0]), *sheet.row(0)[1:3]) == (32_767, None, None)


def test_parquet_keeps_minor_units_currency_and_types():
    data = parquet_bytes(a_table([a_row(), a_row(owed=None, due=None, days=None)]), ORIGIN)
    frame = pl.read_parquet(io.BytesIO(data))
    assert dict(frame.schema) == {
        "name": pl.String, "owed_minor": pl.Int64, "owed_currency": pl.String, "due": pl.Date,
        "at": pl.Datetime("us", "UTC"), "days": pl.Int64,
    }  # fmt: skip
    assert frame.row(0)[:4] == ("李**", 820_050, "CNY", date(2026, 10, 5))
    assert frame.row(1)[1:4] == (None, None, None)
    assert pl.read_parquet_metadata(io.BytesIO(data))["fairdue.query"] == "queue=m1"


def test_a_parquet_file_without_rows_still_has_its_columns():
    assert pl.read_parquet(io.BytesIO(parquet_bytes(a_table([]), ORIGIN))).columns == [
        "name", "owed_minor", "owed_currency", "due", "at", "days",
    ]  # fmt: skip


def test_a_file_that_the_limit_cut_says_so_in_its_name():
    answer = list_file(a_table([a_row()], next_cursor="9"), name="queue", file_format="csv", origin=ORIGIN)
    assert answer["Content-Disposition"] == 'attachment; filename="queue-first-1.csv"'


def test_heads_are_in_the_readers_language_and_parquet_names_are_not(world, staff, signed_in):
    staff("collector", locale="zh-hans")
    client = signed_in("collector")
    with translation.override("en"):
        sheet = sheet_of(client.get("/desk/queue/?export=xlsx").content)
        frame = pl.read_parquet(io.BytesIO(client.get("/desk/queue/?export=parquet").content))
    assert sheet.columns[:3] == ["债务人", "逾期情况", "逾期"]
    assert frame.columns[:4] == ["name_masked", "bucket", "overdue_minor", "overdue_currency"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "parquet"])
def test_a_file_is_masked_like_the_page_and_leaves_a_record(world, staff, signed_in, file_format):
    staff("collector")
    answer = signed_in("collector").get(f"/desk/queue/?export={file_format}&queue=calls")
    assert answer["Content-Disposition"] == f'attachment; filename="queue.{file_format}"'
    assert DEBTOR.encode() not in answer.content
    (event,) = audit.events(code="desk.list.exported")
    assert (event.subject_id, event.after) == (
        "queue",
        {"format": file_format, "rows": 2, "query": "queue=calls"},
    )


def test_an_unknown_form_of_file_is_the_page(world, staff, signed_in):
    staff("collector")
    answer = signed_in("collector").get("/desk/queue/?export=exe")
    assert answer["Content-Type"].startswith("text/html")
    assert 'href="?export=xlsx' in answer.content.decode()
    assert audit.events(code="desk.list.exported") == ()
