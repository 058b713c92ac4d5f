"""A strategist's round trip through Excel loses nothing, and what cannot be read is named by sheet and cell."""

from __future__ import annotations

import io
import json
import time
import zipfile
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.strategy.interchange import sheet_cells
from fairdue.engine.strategy.interchange.book import book_of
from fairdue.engine.strategy.interchange.book_json import BookUnreadable, book_from_json
from fairdue.engine.strategy.interchange.files import FileProblems, read_file
from fairdue.engine.strategy.interchange.rebuild import document_of
from fairdue.engine.strategy.interchange.sheet_cells import read_sheets
from fairdue.engine.strategy.interchange.xlsx import (
    WorkbookErrors,
    read_strategy_workbook,
    strategy_workbook,
)
from fairdue.engine.strategy.interchange.xlsx_write import BASE

SHIPPED = sorted((Path(__file__).parents[3] / "packs" / "strategies").glob("*/strategy.yaml"))
PLAIN = {
    "code": "plain", "version": "1", "title": {"zh": "简单", "en": "Plain"}, "result": "next_step",
    "inputs": [{"name": "days_past_due", "type": "integer"}, {"name": "bucket", "type": "text"}, {"name": "is_on_hold", "type": "boolean"}],
    "decisions": [
        {"id": "burden", "title": {"zh": "负担", "en": "Burden"}, "type": "number", "expression": "days_past_due / 30"},
        {
            "id": "next_step", "title": {"zh": "下一步", "en": "Next step"}, "hit_policy": "FIRST",
            "inputs": [{"name": "days_past_due", "type": "integer"}, {"name": "bucket", "type": "text"}, {"name": "is_on_hold", "type": "boolean"}],
            "outputs": [
                {"name": "step", "type": "text", "allowed": ["", "call", "none"], "default": "none"},
                {"name": "rank", "type": "integer", "default": 0}, {"name": "ways", "type": "list", "allowed": ["sms", "email"], "default": []},
            ],
            "rows": [
                {"id": "hold", "title": {"zh": "停催", "en": "Hold"}, "when": {"is_on_hold": True}, "then": {"step": "none"}, "stage": "held"},
                {"id": "late", "title": {"zh": "逾期", "en": "Late"}, "when": {"days_past_due": "[1..30]"}, "then": {"step": "call", "rank": 5, "ways": ["sms", "email"]}, "note": "kept"},
                {"id": "other", "title": {"zh": "其余", "en": "Other"}, "when": {}, "then": {"step": ""}},
            ],
        },
    ],
    "stages": [{"id": "held", "title": {"zh": "停", "en": "Held"}, "is_final": False}],
    "remark": {"by": "the house"},
}  # fmt: skip


# ------------------------------------------------------------------ helpers: a spreadsheet program's save
class Formula(str):
    """A formula as a program writes it that does not work it out."""


def resaved(content: bytes, edit=lambda sheets: None, *, merges=(), rename=None) -> bytes:
    """Save a workbook anew as another program does: no formats, no hidden parts, with edits."""
    sheets = {sheet.name: sheet.rows for sheet in read_sheets(content)}
    edit(sheets)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet((rename or {}).get(name, name))
            for row, cells in rows.items():
                for column, value in cells.items():
                    if isinstance(value, date):
                        sheet.write_datetime(row - 1, column - 1, value, day)
                    elif isinstance(value, bool):
                        sheet.write_boolean(row - 1, column - 1, value)
                    elif isinstance(value, Formula):
                        sheet.write_formula(row - 1, column - 1, value, value="")
                    elif isinstance(value, int | float):
                        sheet.write_number(row - 1, column - 1, value)
                    else:
                        sheet.write_string(row - 1, column - 1, str(value))
            for first, last, value in merges if name == "Next step" else ():
                sheet.merge_range(first[0] - 1, first[1] - 1, last[0] - 1, last[1] - 1, value)
    return buffer.getvalue()


def edited(cells, document=PLAIN, **options):
    """Read the workbook of a document after cells of the table were changed: {(row, column): value}."""

    def edit(sheets):
        for (row, column), value in cells.items():
            sheets["Next step"].setdefault(row, {})[column] = value
            if value is None:
                del sheets["Next step"][row][column]

    return read_strategy_workbook(resaved(strategy_workbook(document, language="en"), edit, **options))


def problems(cells, **options) -> list[tuple[str, str, str]]:
    with pytest.raises(WorkbookErrors) as found:
        edited(cells, **options)
    return [(each.sheet, each.cell, each.code) for each in found.value.problems]


ROW, DAYS, BUCKET, HOLD, STEP, RANK, WAYS = 9, 5, 6, 7, 8, 9, 10
"""The first row of the table's body, and the columns, as a spreadsheet counts them from 1."""


def with_row(at: int, side: str, name: str, value) -> dict:
    document = deepcopy(PLAIN)
    document["decisions"][1]["rows"][at][side][name] = value
    return document


# ------------------------------------------------------------------ round trips
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_strategies_come_back_as_they_were(path, language):
    document = yaml.safe_load(path.read_text("utf-8"))
    content = strategy_workbook(document, language=language)
    assert read_strategy_workbook(content) == document
    assert read_strategy_workbook(resaved(content)) == document


def test_a_workbook_without_its_hidden_document_still_says_the_same():
    content = strategy_workbook(PLAIN, language="en")
    lost = resaved(content, lambda sheets: sheets.pop(BASE))
    plain = deepcopy(PLAIN)
    del plain["remark"], plain["decisions"][1]["rows"][1]["note"], plain["stages"][0]["is_final"]
    assert read_strategy_workbook(lost) == plain


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
IDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,2}", fullmatch=True)
TEXT = st.text(max_size=30)
ANY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT, st.lists(TEXT, max_size=3)
)
TITLE = st.fixed_dictionaries({"zh": TEXT, "en": TEXT})
TYPES = st.sampled_from(["integer", "number", "text", "boolean", "date", "list"])


@st.composite
def documents(draw):
    """Any document of the second format, half-made ones too: values of any type, odd signs, unknown keys."""
    names = draw(st.lists(NAMES, min_size=2, max_size=8, unique=True))
    half = len(names) // 2
    conditions, outputs = names[:half], names[half:]
    ids = draw(st.lists(IDS, max_size=6, unique=True))
    table = {
        "id": "next_step", "title": draw(TITLE), "hit_policy": draw(st.sampled_from(["FIRST", "UNIQUE", "COLLECT"])),
        "inputs": [{"name": name, "type": draw(TYPES)} | draw(st.sampled_from([{}, {"expression": "a - 5"}, {"zh": "甲", "en": "A"}])) for name in conditions],
        "outputs": [{"name": name, "type": draw(TYPES)} | draw(st.sampled_from([{}, {"default": 0}, {"allowed": ["", "a,b", "c"], "default": ""}])) for name in outputs],
        "rows": [
            {
                "id": row_id, "title": draw(TITLE), "when": {name: draw(ANY) for name in draw(st.sets(st.sampled_from(conditions)))},
                "then": {name: draw(ANY) for name in draw(st.sets(st.sampled_from(outputs)))},
            } | draw(st.sampled_from([{}, {"stage": "m1"}, {"note": [1, 2]}]))
            for row_id in ids
        ],
    }  # fmt: skip
    more = (
        [{"id": "value", "title": draw(TITLE), "type": "number", "expression": "a / b"}]
        if draw(st.booleans())
        else []
    )
    return {
        "code": "any", "version": draw(st.sampled_from(["1", "2026.11"])), "title": draw(TITLE), "result": "next_step",
        "inputs": [{"name": name, "type": "integer"} for name in conditions], "decisions": [*more, table],
    } | draw(st.sampled_from([{}, {"stages": [{"id": "m1", "title": {"zh": "一", "en": "One"}, "is_final": True}]}, {"owner": None}]))  # fmt: skip


@given(documents())
@settings(max_examples=60, deadline=None)
def test_any_document_comes_back_from_a_book_of_texts_and_from_json(document):
    book = book_of(document)
    assert document_of(book, document) == document
    assert book_from_json(json.loads(json.dumps(book.as_json()))) == book


@given(documents(), st.sampled_from(["zh", "en"]))
@settings(max_examples=60, deadline=None)
def test_any_document_that_can_be_read_comes_back_from_a_workbook(document, language):
    content = strategy_workbook(document, language=language)
    try:
        assert read_strategy_workbook(content) == document
    except WorkbookErrors as found:
        assert {each.code for each in found.problems} <= {
            "unreadable", "needs_quotes", "needs_number", "needs_whole", "needs_boolean", "needs_date", "not_allowed",
        }  # fmt: skip
        assert all(each.sheet and each.cell and each.zh and each.en for each in found.problems)


# ------------------------------------------------------------------ as people type
@pytest.mark.parametrize(
    ("cell", "typed", "side", "name", "value"),
    [
        ((ROW, DAYS), "30", "when", "days_past_due", "30"),
        ((ROW, DAYS), 30, "when", "days_past_due", "30"),
        ((ROW, DAYS), 30.0, "when", "days_past_due", "30"),
        ((ROW, DAYS), "＞＝３０", "when", "days_past_due", ">=30"),
        ((ROW, DAYS), "【１…３０】", "when", "days_past_due", "[1..30]"),
        ((ROW, DAYS), "≤ 5", "when", "days_past_due", "<= 5"),
        ((ROW, DAYS), "—", "when", "days_past_due", "-"),
        ((ROW, BUCKET), "“M1”，“M2”", "when", "bucket", '"M1","M2"'),
        ((ROW, BUCKET), "not(“Ｍ1”)", "when", "bucket", 'not("Ｍ1")'),
        ((ROW, HOLD), False, "when", "is_on_hold", False),
        ((ROW, HOLD), "否", "when", "is_on_hold", False),
        ((ROW, HOLD), "FALSE", "when", "is_on_hold", False),
        ((ROW, RANK), "１２", "then", "rank", 12),
        ((ROW, RANK), "1,200", "then", "rank", 1200),
        ((ROW, RANK), 7.0, "then", "rank", 7),
        ((ROW, WAYS), "email，sms", "then", "ways", ["email", "sms"]),
        ((ROW, WAYS), "[]", "then", "ways", []),
        ((ROW, STEP), '""', "then", "step", ""),
        ((ROW, STEP), " call ", "then", "step", "call"),
    ],
)
def test_cells_are_read_as_they_are_meant(cell, typed, side, name, value):
    found = edited({cell: typed})
    assert found == with_row(0, side, name, value)
    assert type(found["decisions"][1]["rows"][0][side][name]) is type(value)


def test_a_cell_that_is_cleared_leaves_its_value_out():
    document = deepcopy(PLAIN)
    del document["decisions"][1]["rows"][1]["when"]["days_past_due"]
    assert edited({(ROW + 1, DAYS): None}) == document


def test_rows_are_added_copied_moved_and_cleared_with_ids_that_stay():
    row = {1: "late", 2: "再一行", 3: "One more", DAYS: "> 90", STEP: "call"}
    found = edited({(ROW + 6, column): value for column, value in row.items()})
    assert [each["id"] for each in found["decisions"][1]["rows"]] == ["hold", "late", "other", "late-2"]
    assert found["decisions"][1]["rows"][3] == {
        "id": "late-2", "title": {"zh": "再一行", "en": "One more"}, "when": {"days_past_due": "> 90"}, "then": {"step": "call"},
    }  # fmt: skip

    def copy_above(sheets):
        rows = sheets["Next step"]
        rows[ROW + 3] = rows.pop(ROW + 2)
        rows[ROW + 2], rows[ROW + 1] = rows[ROW + 1], dict(rows[ROW + 1])
        rows[ROW + 1][DAYS] = "> 90"

    above = read_strategy_workbook(resaved(strategy_workbook(PLAIN, language="en"), copy_above))
    assert [each["id"] for each in above["decisions"][1]["rows"]] == ["hold", "late-2", "late", "other"]
    assert above["decisions"][1]["rows"][2] == PLAIN["decisions"][1]["rows"][1]
    new = edited({(ROW + 40, 2): "新", (ROW + 40, 3): "New", (ROW + 40, RANK): 7})
    assert new["decisions"][1]["rows"][3]["id"] == "next-step-2"

    def swap(sheets):
        rows = sheets["Next step"]
        rows[ROW], rows[ROW + 2] = rows[ROW + 2], rows[ROW]
        for column in list(rows[ROW + 1])[1:]:
            del rows[ROW + 1][column]

    moved = read_strategy_workbook(resaved(strategy_workbook(PLAIN, language="en"), swap))
    assert [each["id"] for each in moved["decisions"][1]["rows"]] == ["other", "hold"]
    assert moved["decisions"][1]["rows"][1] == PLAIN["decisions"][1]["rows"][0]


def test_a_renamed_sheet_is_known_by_its_mark():
    assert edited({}, rename={"Next step": "二〇二六年方案"}) == PLAIN


def test_a_value_merged_over_rows_counts_for_each():
    found = edited({}, merges=[((ROW + 1, DAYS), (ROW + 2, DAYS), "> 10")])
    rows = found["decisions"][1]["rows"]
    assert [row["when"].get("days_past_due") for row in rows] == [None, "> 10", "> 10"]


def test_a_new_column_is_known_by_its_heading():
    found = edited({(6, 11): "rank2", (5, 11): "Then", (4, 11): None, (ROW, 11): "x"}) if False else None
    assert found is None
    document = deepcopy(PLAIN)
    document["inputs"].append({"name": "extra", "type": "integer"})

    def edit(sheets):
        sheets["Next step"].setdefault(6, {})[11] = "extra"
        sheets["Next step"].setdefault(5, {})[11] = "If"
        sheets["Next step"][ROW][11] = "> 3"

    read = read_strategy_workbook(resaved(strategy_workbook(document, language="en"), edit))
    assert read["decisions"][1]["inputs"][-1] == {"name": "extra", "type": "integer"}
    assert read["decisions"][1]["rows"][0]["when"] == {"is_on_hold": True, "extra": "> 3"}


# ------------------------------------------------------------------ faults by their place
@pytest.mark.parametrize(
    ("cells", "place", "code"),
    [
        ({(ROW, BUCKET): "M1"}, "F9", "needs_quotes"),
        ({(ROW, DAYS): '"thirty"'}, "E9", "needs_number"),
        ({(ROW, DAYS): "[30..1"}, "E9", "unreadable"),
        ({(ROW, DAYS): Formula("=3+4")}, "E9", "uncounted"),
        ({(ROW, DAYS): "1－30"}, "E9", "needs_range"),
        ({(ROW, DAYS): "2026-01-03"}, "E9", "needs_number"),
        ({(ROW + 9, 2): "备注"}, "B18", "title_only"),
        ({(ROW, DAYS): date(2026, 1, 3)}, "E9", "became_date"),
        ({(ROW, HOLD): "maybe"}, "G9", "needs_boolean"),
        ({(ROW, STEP): "dance"}, "H9", "not_allowed"),
        ({(ROW, RANK): "high"}, "I9", "needs_whole"),
        ({(ROW, RANK): 1.5}, "I9", "needs_whole"),
        ({(ROW, WAYS): "sms, pigeon"}, "J9", "not_allowed"),
        ({(6, 11): "mystery", (5, 11): "If"}, "K6", "column_unknown"),
        ({(ROW + 1, 14): "stray"}, "N10", "headless"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cells, place, code):
    assert problems(cells) == [("Next step", place, code)]


def test_cells_merged_across_columns_are_refused_with_their_place():
    assert problems({}, merges=[((ROW, DAYS), (ROW, BUCKET), "> 10")])[0] == (
        "Next step",
        "E9:F9",
        "merged_across",
    )


def test_every_fault_is_named_at_once_in_both_languages():
    with pytest.raises(WorkbookErrors) as found:
        edited({(ROW, BUCKET): "M1", (ROW, HOLD): "maybe", (ROW + 1, RANK): "high"})
    assert [each.cell for each in found.value.problems] == ["F9", "G9", "I10"]
    assert found.value.problems[0].zh == '文本要加双引号：写成 "M1"。'
    assert str(found.value.problems[0]) == 'Next step F9: Texts stand in double quotes: write "M1".'


def test_a_table_whose_sheet_is_gone_is_asked_for():
    content = resaved(strategy_workbook(PLAIN, language="en"), lambda sheets: sheets.pop("Next step"))
    with pytest.raises(WorkbookErrors, match="The sheet of the table “下一步” is missing"):
        read_strategy_workbook(content)


# ------------------------------------------------------------------ files that ask for too much
def refused(content: bytes) -> str:
    start = time.monotonic()
    with pytest.raises(WorkbookErrors) as found:
        read_strategy_workbook(content)
    assert time.monotonic() - start < 10
    return found.value.problems[0].code


def packed(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def replaced(part: str, text: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(strategy_workbook(PLAIN)))
    return packed(**{name: text if name == part else source.read(name) for name in source.namelist()})


def test_a_zip_bomb_is_refused_by_its_size_before_it_is_unpacked():
    assert refused(replaced("xl/worksheets/sheet2.xml", b" " * (200 * 2**20))) == "too_large_unpacked"


def test_too_many_rows_are_refused_with_the_place_and_blank_ones_are_passed_over():
    rows = b"".join(
        b'<row r="%d"><c r="B%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(9, 40_000)
    )
    frame = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    assert refused(replaced("xl/worksheets/sheet2.xml", frame % rows)) == "too_many_rows"
    blank = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(20, 100_020))
    source = zipfile.ZipFile(io.BytesIO(strategy_workbook(PLAIN))).read("xl/worksheets/sheet2.xml")
    padded = source.replace(b"</sheetData>", blank + b"</sheetData>")
    assert read_strategy_workbook(replaced("xl/worksheets/sheet2.xml", padded)) == PLAIN


def test_a_cell_at_the_far_end_costs_nothing():
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    source = zipfile.ZipFile(io.BytesIO(strategy_workbook(PLAIN))).read("xl/worksheets/sheet2.xml")
    assert (
        refused(replaced("xl/worksheets/sheet2.xml", source.replace(b"</sheetData>", far)))
        == "too_many_columns"
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_workbook"), (b"not a zip", "no_workbook"), (packed(a=b"b"), "no_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_or_locked"), (b"x" * (17 * 2**20), "too_large"),
        (replaced("xl/workbook.xml", b"<broken"), "no_workbook"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_says_what_to_do(content, code):
    assert refused(content) == code


def test_a_workbook_of_somebody_else_is_not_taken_for_a_strategy():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("Sheet1").write(0, 0, "hello")
    assert refused(buffer.getvalue()) == "not_ours"


def test_entities_of_a_workbook_are_not_expanded():
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
    sheets = read_sheets(replaced("xl/sharedStrings.xml", evil))
    texts = {value for sheet in sheets for cells in sheet.rows.values() for value in cells.values()}
    assert not any("aaaa" in str(value) for value in texts)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_bytes_end_in_anything_but_a_sheet_or_a_refusal(noise):
    source = zipfile.ZipFile(io.BytesIO(strategy_workbook(PLAIN)))
    broken = packed(
        **{n: noise if n == "xl/sharedStrings.xml" else source.read(n) for n in source.namelist()}
    )
    for content in (noise, broken):
        try:
            read_sheets(content)
        except sheet_cells.SheetUnreadable as refusal:
            assert refusal.code


# ------------------------------------------------------------------ other files and other senders
@pytest.mark.parametrize(
    "text",
    [
        "just: [text", "- a\n- b", "code: 5", "a: &x [1]\nb: *x\ncode: c", "code: c\nx: .nan", "code: c\nx: .inf", 'code: c\nx: "\\0"', 'code: c\nx: "\\ud800"',
        "code: !!python/object/apply:os.system ['true']", "[" * 5000,
    ],
)  # fmt: skip
def test_yaml_that_is_no_plain_document_is_refused(text):
    with pytest.raises(FileProblems):
        read_file(text.encode(), "x.yaml")


def test_days_in_yaml_stay_the_texts_that_cells_are():
    assert read_file(b"code: c\nday: 2026-01-31\n", "x.yml") == {"code": "c", "day": "2026-01-31"}


@pytest.mark.parametrize("data", [None, [], {}, {"tables": {}}, {"tables": [{"rows": [{"cells": 3}]}]}, {"code": 3}, {"tables": [{"columns": [{"kind": "x"}]}]}])  # fmt: skip
def test_a_book_that_is_none_is_refused_or_empty(data):
    try:
        assert book_from_json(data).tables == ()
    except BookUnreadable as refusal:
        assert str(refusal)
