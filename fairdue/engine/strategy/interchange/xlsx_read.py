"""A workbook back into a strategy's document: cells as people change them in Excel or WPS, or every fault by its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fairdue.engine.strategy.interchange.book import Book, BookColumn, BookName, BookRow, BookTable, book_of
from fairdue.engine.strategy.interchange.cell_check import (
    CellProblem,
    condition_problem,
    output_problem,
    problem,
)
from fairdue.engine.strategy.interchange.rebuild import document_of
from fairdue.engine.strategy.interchange.sheet_cells import (
    BrokenCell,
    CellValue,
    DateCell,
    Sheet,
    SheetUnreadable,
    as_text,
    column_letters,
    filled,
    read_sheets,
)
from fairdue.engine.strategy.interchange.texts import clean
from fairdue.engine.strategy.interchange.xlsx_words import HEADINGS, PROBLEMS
from fairdue.engine.strategy.interchange.xlsx_write import BASE, MARK

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class WorkbookProblem:
    """One fault of a workbook: the sheet, the cell (`C8`; blank if it is no one cell), and what to do."""

    sheet: str
    cell: str
    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.sheet, self.cell) if part)
        return f"{place}: {self.en}" if place else self.en


class WorkbookErrors(ValueError):
    """The workbook is no strategy that can be taken over; `problems` holds every fault, nothing was taken."""

    code = "decisions.strategy.workbook"

    def __init__(self, problems: Iterable[WorkbookProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(each) for each in self.problems))


def read_strategy_workbook(content: bytes) -> dict[str, Any]:
    """Return the document that a workbook made by `strategy_workbook` says after people worked on it.

    1. A cell that nobody changed gives back the very value that it was written from.
    2. Full-width signs, numbers typed as text, blank rows, renamed and reordered sheets are read as meant;
       a value merged over rows of one column counts for each of them.
    3. A row without id is new, a copied row gets an id of its own.

    :raises WorkbookErrors: with the sheet and cell of everything that cannot be read
    """
    try:
        sheets = read_sheets(content)
    except SheetUnreadable as error:
        zh, en = PROBLEMS[error.code]
        cell = f"A{error.row}" if error.row else ""
        found = WorkbookProblem(
            error.sheet, cell, error.code, zh.format(found=error.found), en.format(found=error.found)
        )
        raise WorkbookErrors([found]) from error
    reader = _Reader(sheets)
    book = reader.book()
    if reader.problems:
        raise WorkbookErrors(reader.problems[:MOST_PROBLEMS])
    return document_of(book, reader.base)


@dataclass(slots=True)
class _Reader:
    """Reads the sheets of one workbook and collects what is wrong."""

    sheets: tuple[Sheet, ...]
    problems: list[WorkbookProblem] = field(default_factory=list)
    base: dict[str, Any] | None = None

    def book(self) -> Book:
        found: dict[str, list[Sheet]] = {}
        for sheet in self.sheets:
            mark = as_text(sheet.value(1, 1))
            if mark.startswith(MARK):
                found.setdefault(mark.removeprefix(MARK), []).append(sheet)
        self.base = _base(found.get("base", []))
        if "strategy" not in found and not any(key.startswith("table:") for key in found):
            self.report(Sheet(""), "", problem("not_ours"))
            return Book(code="", version="")
        before = book_of(self.base) if self.base else None
        one = {key: sheets[0] for key, sheets in found.items()}
        facts, outputs = self.facts(one.get("facts"), before), dict(self.outputs(one.get("outputs")))
        types = _types(facts, one.get("facts"))
        tables = [*self.calculations(one.get("calculations"), before)]
        names = {
            **types, **{each.decision_id: each.type_name for each in tables},
            **{name: each.type_name for (_table, name), each in outputs.items()},
        }  # fmt: skip
        for key, sheets in found.items():
            if key.startswith("table:"):
                if len(sheets) > 1:
                    self.report(sheets[1], "", problem("table_twice", found=key[6:]))
                tables.append(_Table(self, sheets[0], key[6:], outputs, types, names, before).read())
        self._missing(before, tables)
        return replace(
            self.front(one.get("strategy"), before), facts=_with_used(facts, tables, types),
            tables=tuple(_in_order(tables, before)), stages=self.stages(one.get("stages"), before),
        )  # fmt: skip

    def report(self, sheet: Sheet, cell: str, found: CellProblem) -> None:
        self.problems.append(WorkbookProblem(sheet.name, cell, found.code, found.zh, found.en))

    def text(self, sheet: Sheet, row: int, column: int) -> str:
        """Return a cell as text; an error of the spreadsheet is reported."""
        value = sheet.value(row, column)
        if isinstance(value, BrokenCell):
            self.report(sheet, f"{column_letters(column)}{row}", problem(_broken(value), found=value.text))
        return clean(as_text(value))

    def front(self, sheet: Sheet | None, before: Book | None) -> Book:
        said = {as_text(cells.get(1)): row for row, cells in sheet.rows.items()} if sheet else {}
        old = before or Book(code="", version="", result="")

        def at(key: str, otherwise: str) -> str:
            return self.text(sheet, said[key], 3) if sheet and key in said else otherwise

        return Book(
            code=at("code", old.code), version=at("version", old.version), zh=at("title_zh", old.zh),
            en=at("title_en", old.en), result=at("result", old.result),
        )  # fmt: skip

    def lines(self, sheet: Sheet | None, width: int) -> Iterator[list[str]]:
        """Return the lines of a plain sheet below its two heads, the hidden column first, blank ones left out."""
        for row in sorted(sheet.rows) if sheet else ():
            texts = (
                [self.text(sheet, row, column) for column in range(1, width + 1)] if sheet and row > 2 else []
            )
            if any(texts[1:]):
                yield texts

    def facts(self, sheet: Sheet | None, before: Book | None) -> tuple[BookName, ...]:
        if before is not None:
            return before.facts
        return tuple(
            BookName(
                name=name, type_name=kind, zh=zh if mark == "own" else "", en=en if mark == "own" else ""
            )
            for mark, name, zh, en, kind, _range, used in self.lines(sheet, 7)
            if used
        )

    def outputs(self, sheet: Sheet | None) -> Iterator[tuple[tuple[str, str], BookColumn]]:
        for _mark, table, name, kind, allowed, default, otherwise, zh, en in self.lines(sheet, 9):
            column = BookColumn(
                kind="then", name=name, type_name=kind, allowed=allowed, default=default, otherwise=otherwise, zh=zh, en=en
            )  # fmt: skip
            yield (table, name), column

    def calculations(self, sheet: Sheet | None, before: Book | None) -> Iterator[BookTable]:
        if sheet is None and before is not None:
            yield from (table for table in before.tables if table.is_calculation)
        for _mark, name, zh, en, kind, expression in self.lines(sheet, 6):
            yield BookTable(
                decision_id=name, zh=zh, en=en, is_calculation=True, type_name=kind, expression=expression,
                hit_policy=_policy_before(before, name),
            )  # fmt: skip

    def stages(self, sheet: Sheet | None, before: Book | None) -> tuple[BookName, ...]:
        if sheet is None:
            return before.stages if before else ()
        return tuple(
            BookName(
                name=name,
                type_name=_stage_type(before, name),
                zh=zh,
                en=en,
                is_final=final.casefold() in _YES,
            )
            for _mark, name, zh, en, final in self.lines(sheet, 5)
        )

    def _missing(self, before: Book | None, tables: list[BookTable]) -> None:
        there = {each.decision_id for each in tables}
        for table in before.tables if before else ():
            if not table.is_calculation and table.decision_id not in there:
                self.report(Sheet(""), "", problem("table_missing", found=table.zh or table.decision_id))


_YES = frozenset({"true", "yes", "是", "y", "1", "x", "✓"})


@dataclass(slots=True)
class _Table:
    """Reads the sheet of one table."""

    reader: _Reader
    sheet: Sheet
    decision_id: str
    outputs: Mapping[tuple[str, str], BookColumn]
    types: Mapping[str, str]
    names: Mapping[str, str]
    before: Book | None

    def read(self) -> BookTable:
        marks = {
            as_text(cells[1]): row
            for row, cells in sorted(self.sheet.rows.items(), reverse=True)
            if 1 in cells
        }
        old = _table_before(self.before, self.decision_id)
        if "#keys" not in marks or "expression" not in marks:
            self.fail("", "keys_missing")
            return old
        columns = self.columns(marks)
        first = marks["expression"] + 1
        self._across(first, columns)
        rows = tuple(self.rows(first, marks["#keys"], columns))
        self._strays(first, columns)
        text = self.reader.text
        return BookTable(
            decision_id=self.decision_id, zh=text(self.sheet, 1, 3), en=text(self.sheet, 1, 4), type_name=old.type_name,
            hit_policy=text(self.sheet, marks.get("hit_policy", 0), 3).upper(),
            aggregation=text(self.sheet, marks.get("aggregation", 0), 3).lower(),
            columns=tuple(columns.values()), rows=rows,
        )  # fmt: skip

    def fail(self, cell: str, code: str, **said: str) -> None:
        self.reader.report(self.sheet, cell, problem(code, **said))

    def columns(self, marks: Mapping[str, int]) -> dict[int, BookColumn]:
        """Return the columns by their place; one that somebody inserted is known by its heading."""
        keys, heads = marks["#keys"], marks.get("heading", 0)
        found: dict[int, BookColumn] = {}
        places = {*self.sheet.rows.get(keys, {}), *self.sheet.rows.get(heads, {})}
        band = ""
        for at in range(2, max(places, default=0) + 1):
            key = as_text(self.sheet.value(keys, at))
            band = as_text(self.sheet.value(marks.get("band", 0), at)) or band
            if key.startswith("#"):
                continue
            if not key:
                heading = clean(as_text(self.sheet.value(heads, at)))
                if not heading:
                    continue
                key = self._key(heading, band)
                if not key:
                    self.fail(f"{column_letters(at)}{heads}", "column_unknown", found=heading)
                    continue
            if key in {each.key for each in found.values()}:
                self.fail(f"{column_letters(at)}{heads}", "column_twice", found=key.partition(":")[2])
            found[at] = self._column(key, clean(as_text(self.sheet.value(marks["expression"], at))))
        return found

    def _key(self, heading: str, band: str) -> str:
        name = heading.splitlines()[-1].strip()
        if band in HEADINGS["then"]:
            return f"then:{name}" if (self.decision_id, name) in self.outputs else ""
        return f"when:{name}" if name in self.types else ""

    def _column(self, key: str, expression: str) -> BookColumn:
        kind, _colon, name = key.partition(":")
        old = {each.key: each for each in _table_before(self.before, self.decision_id).columns}.get(key)
        if kind == "then":
            made = self.outputs.get((self.decision_id, name))
            return made or old or BookColumn(kind="then", name=name, type_name="text")
        made = old or BookColumn(kind="when", name=name, type_name=self.types.get(name, ""))
        return replace(made, expression=expression)

    def rows(self, first: int, keys: int, columns: Mapping[int, BookColumn]) -> Iterator[BookRow]:
        places = {as_text(value): at for at, value in self.sheet.rows[keys].items()}
        merged = filled(self.sheet, first)
        rows = _table_before(self.before, self.decision_id).rows
        blank = {row.row_id for row in rows if not (row.zh or row.en or row.stage or row.cells)}
        shown = [*columns, *[places[key] for key in ("#zh", "#en", "#stage") if key in places]]
        for row in sorted({each for each in self.sheet.rows if each >= first} | {row for row, _at in merged}):
            cells = {at: merged.get((row, at), self.sheet.value(row, at)) for at in shown}
            row_id = as_text(self.sheet.value(row, 1)).strip()
            if all(value is None for value in cells.values()) and row_id not in blank:
                continue
            made = BookRow(
                row_id=row_id,
                zh=self.plain(cells, places, "#zh"), en=self.plain(cells, places, "#en"), stage=self.plain(cells, places, "#stage"),
                cells={column.key: text for at, column in columns.items() if (text := self.cell(row, at, column, cells[at]))},
            )  # fmt: skip
            if not made.cells and row_id not in {old.row_id for old in rows}:
                at = min(at for at in shown if cells[at] is not None)
                self.fail(f"{column_letters(at)}{row}", "title_only")
            yield made

    def plain(self, cells: Mapping[int, CellValue | None], places: Mapping[str, int], key: str) -> str:
        return clean(as_text(cells.get(places.get(key, 0))))

    def cell(self, row: int, at: int, column: BookColumn, value: CellValue | None) -> str:
        """Return the text of one cell of the table, after a look at what is wrong with it."""
        place, text = f"{column_letters(at)}{row}", clean(as_text(value))
        if isinstance(value, BrokenCell):
            self.fail(place, _broken(value), found=value.text)
        elif isinstance(value, DateCell) and column.type_name != "date":
            self.fail(place, "became_date", found=value.text)
        elif column.kind == "when":
            wrong = condition_problem(text, column.type_name, self.names)
            if wrong:
                self.reader.report(self.sheet, place, wrong)
        elif wrong := output_problem(text, column.type_name, allowed=column.allowed):
            self.reader.report(self.sheet, place, wrong)
        return text

    def _across(self, first: int, columns: Mapping[int, BookColumn]) -> None:
        for top, left, bottom, right in self.sheet.merged:
            if bottom >= first and left != right and any(left <= at <= right for at in columns):
                cells = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
                self.fail(cells, "merged_across")

    def _strays(self, first: int, columns: Mapping[int, BookColumn]) -> None:
        """Report what stands in a column without a heading: it would be lost."""
        for row, cells in self.sheet.rows.items():
            stray = next((at for at in cells if row >= first and at > 4 and at not in columns), None)
            if stray is not None:
                self.fail(f"{column_letters(stray)}{row}", "headless")
                return


def _broken(value: BrokenCell) -> str:
    return "uncounted" if value.text.startswith("=") else "broken"


def _base(sheets: list[Sheet]) -> dict[str, Any] | None:
    """Return the document that the hidden sheet carries, or None if it is gone or no longer whole."""
    sheet = next((each for each in sheets if each.name.startswith(BASE)), None)
    if sheet is None:
        return None
    text = "".join(as_text(sheet.value(row, 1)) for row in sorted(sheet.rows) if row > 1)
    try:
        found = json.loads(text, object_hook=_undated)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _undated(item: dict[str, Any]) -> Any:
    return date.fromisoformat(item["__date__"]) if item.keys() == {"__date__"} else item


def _types(facts: tuple[BookName, ...], sheet: Sheet | None) -> dict[str, str]:
    """Return the type of every fact that the workbook names."""
    listed = {
        as_text(cells.get(2)): as_text(cells.get(5))
        for row, cells in (sheet.rows.items() if sheet else ())
        if row > 2
    }
    return {**listed, **{fact.name: fact.type_name for fact in facts}}


def _with_used(
    facts: tuple[BookName, ...], tables: list[BookTable], types: Mapping[str, str]
) -> tuple[BookName, ...]:
    """Return the facts with those that new columns read."""
    listed = {fact.name for fact in facts}
    made = {each.decision_id for each in tables} | {
        c.name for t in tables for c in t.columns if c.kind == "then"
    }
    used = [c.name for t in tables for c in t.columns if c.kind == "when" and not c.expression]
    new = [name for name in dict.fromkeys(used) if name in types and name not in listed and name not in made]
    return (*facts, *[BookName(name=name, type_name=types[name]) for name in new])


def _in_order(tables: list[BookTable], before: Book | None) -> list[BookTable]:
    order = [each.decision_id for each in before.tables] if before else []
    return sorted(
        tables, key=lambda each: order.index(each.decision_id) if each.decision_id in order else len(order)
    )


def _table_before(before: Book | None, decision_id: str) -> BookTable:
    found = [each for each in (before.tables if before else ()) if each.decision_id == decision_id]
    return found[0] if found else BookTable(decision_id=decision_id)


def _policy_before(before: Book | None, decision_id: str) -> str:
    return _table_before(before, decision_id).hit_policy if before else ""


def _stage_type(before: Book | None, name: str) -> str:
    return next((each.type_name for each in (before.stages if before else ()) if each.name == name), "")
