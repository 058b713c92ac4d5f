"""A strategy as a workbook: one sheet a table, a sheet of outputs, stages and facts, ids in hidden places.

The first column of every sheet is hidden and says what each line is; row ids stand there, so that a row keeps
its id wherever it is moved. A hidden sheet carries the document, so that what no sheet shows is kept.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from fairdue.engine.strategy.interchange.book import (
    AGGREGATIONS,
    HIT_POLICIES,
    TYPES,
    Book,
    BookColumn,
    BookTable,
    book_of,
)
from fairdue.engine.strategy.interchange.texts import list_of
from fairdue.engine.strategy.interchange.xlsx_words import (
    HEADINGS,
    HINTS,
    HIT_POLICY_WORDS,
    SHEETS,
    TYPE_WORDS,
    say,
)

MARK = "fairdue:"
BASE = "fairdue_base"
CHUNK = 30_000
FIRST_COLUMN = 4
"""Where the columns of a table begin, after the hidden one, both titles and the stage."""
SPARE_ROWS = 500
"""So many rows below a table's last are formatted and offer values too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWords:
    """A fact of the catalogue as the sheet of facts shows it."""

    name: str
    type_name: str
    zh: str = ""
    en: str = ""
    range_text: str = ""


def strategy_workbook(
    document: Mapping[str, Any], *, facts: Iterable[FactWords] = (), language: str = "zh"
) -> bytes:
    """Return a strategy's document as an XLSX file with headings in Chinese (`zh`) or English (`en`).

    No cell is a formula or a link, whatever a text begins with.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        _Writer(book, book_of(document), {fact.name: fact for fact in facts}, language).write(document)
    return buffer.getvalue()


class _Writer:
    """Writes the sheets of one strategy."""

    def __init__(self, book: Any, content: Book, facts: Mapping[str, FactWords], language: str) -> None:
        self.book, self.content, self.facts, self.language = book, content, facts, language
        own = {
            fact.name: FactWords(name=fact.name, type_name=fact.type_name, zh=fact.zh, en=fact.en)
            for fact in content.facts
        }
        self.words = {**facts, **{name: fact for name, fact in own.items() if fact.zh or name not in facts}}
        self.names: set[str] = set()
        self.lists: list[list[str]] = []
        wrapped = {"valign": "top", "text_wrap": True}
        self.formats = {
            key: book.add_format(options)
            for key, options in {
                "head": {"bold": True, "bg_color": "#EFF1F0", "valign": "top", "text_wrap": True, "border": 1, "border_color": "#D5DAD8"},
                "if": {"bold": True, "bg_color": "#E0EDEF", "font_color": "#14505B"},
                "then": {"bold": True, "bg_color": "#FAEED6", "font_color": "#7D4B00"},
                "small": {"font_color": "#525C58", "font_size": 9, "valign": "top", "text_wrap": True, "num_format": "@"},
                "text": {"num_format": "@", **wrapped}, "number": {"num_format": "General", **wrapped},
                "title": {"bold": True, "font_size": 13}, "muted": {"font_color": "#525C58"},
            }.items()
        }  # fmt: skip

    def write(self, document: Mapping[str, Any]) -> None:
        """Write every sheet, the tables right after the first."""
        front = self._front()
        for table in self.content.tables:
            if not table.is_calculation:
                self._table(table)
        self._calculations()
        self._outputs()
        self._stages()
        self._facts()
        self._base(document)
        front.activate()

    def say(self, key: str) -> str:
        return say(HEADINGS[key], self.language)

    def sheet(self, kind: str, name: str) -> Any:
        sheet = self.book.add_worksheet(self._name(name))
        sheet.set_column(0, 0, 4, None, {"hidden": True})
        sheet.write_string(0, 0, MARK + kind)
        return sheet

    def _name(self, wanted: str) -> str:
        plain = _short(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '"), 28).strip(" '") or "1"
        plain = f"{plain}_" if plain.casefold() == "history" else plain
        found, number = plain, 2
        while found.casefold() in self.names:
            found, number = f"{_short(plain, 24)} {number}", number + 1
        self.names.add(found.casefold())
        return found

    def _front(self) -> Any:
        sheet, content = self.sheet("strategy", say(SHEETS["strategy"], self.language)), self.content
        lines = (
            ("code", content.code), ("version", content.version), ("title_zh", content.zh),
            ("title_en", content.en), ("result", content.result),
        )  # fmt: skip
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 70)
        sheet.write_string(
            0, 1, content.zh if self.language.startswith("zh") else content.en, self.formats["title"]
        )
        for at, (key, text) in enumerate(lines, start=1):
            sheet.write_string(at, 0, key)
            sheet.write_string(at, 1, self.say(key), self.formats["head"])
            sheet.write_string(at, 2, text, self.formats["text"])
        for at, hint in enumerate(("strategy", "cells"), start=len(lines) + 2):
            sheet.write_string(at, 1, say(HINTS[hint], self.language), self.formats["muted"])
        return sheet

    def _table(self, table: BookTable) -> None:
        name = (table.zh if self.language.startswith("zh") else table.en) or table.decision_id
        sheet = self.sheet(f"table:{table.decision_id}", name)
        small = self.formats["small"]
        self._line(sheet, 0, ["", self.say("table"), table.zh, table.en], "head")
        words = HIT_POLICY_WORDS.get(table.hit_policy)
        hint = say(words, self.language) if words else ""
        self._line(sheet, 1, ["hit_policy", self.say("hit_policy"), table.hit_policy, hint], "small")
        self._line(sheet, 2, ["aggregation", self.say("aggregation"), table.aggregation, ""], "small")
        sheet.data_validation(1, 2, 1, 2, {"validate": "list", "source": list(HIT_POLICIES)})
        sheet.data_validation(2, 2, 2, 2, {"validate": "list", "source": list(AGGREGATIONS[1:])})
        self._line(
            sheet, 3, ["#keys", "#zh", "#en", "#stage", *[each.key for each in table.columns]], "small"
        )
        sheet.set_row(3, None, None, {"hidden": True})
        bands = ["band", *[self.say("row")] * 3]
        self._line(sheet, 4, bands, "head")
        heads = ["heading", self.say("title_zh"), self.say("title_en"), self.say("stage")]
        self._line(sheet, 5, heads, "head")
        self._line(sheet, 6, ["type"], "small")
        self._line(sheet, 7, ["expression", "", "", self.say("expression")], "small")
        if not any(each.expression for each in table.columns):
            sheet.set_row(7, None, None, {"hidden": True})
        for at, column in enumerate(table.columns, start=FIRST_COLUMN):
            band = "if" if column.kind == "when" else "then"
            sheet.write_string(4, at, self.say(band), self.formats[band])
            sheet.write_string(5, at, self._heading(column), self.formats["head"])
            sheet.write_string(6, at, self._about(column), small)
            sheet.write_string(7, at, column.expression, small)
            self._offer(sheet, table, column, at)
        self._rows(sheet, table)
        sheet.set_column(1, 2, 30)
        has_stages = bool(self.content.stages) or any(row.stage for row in table.rows)
        sheet.set_column(3, 3, 12, None, {} if has_stages else {"hidden": True})
        sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + max(len(table.columns), 1) - 1, 17)
        sheet.freeze_panes(8, 2)

    def _rows(self, sheet: Any, table: BookTable) -> None:
        texts = self.formats["text"]
        for line, row in enumerate(table.rows, start=8):
            self._line(sheet, line, [row.row_id, row.zh, row.en, row.stage], "text")
            for at, column in enumerate(table.columns, start=FIRST_COLUMN):
                text = row.cells.get(column.key, "")
                number = (
                    _number(text)
                    if column.kind == "then" and column.type_name in ("integer", "number")
                    else None
                )
                if number is not None:
                    sheet.write_number(line, at, number, self.formats["number"])
                elif text:
                    sheet.write_string(line, at, text, texts)
                else:
                    sheet.write_blank(line, at, None, texts)

    def _offer(self, sheet: Any, table: BookTable, column: BookColumn, at: int) -> None:
        """Offer the allowed values of an output, and yes and no where that is what a column takes."""
        values = list_of(column.allowed) if column.allowed else []
        if column.kind == "then" and column.type_name == "text":
            values = [value or '""' for value in values]
        if column.type_name == "boolean":
            values = ["true", "false"]
        if not values or column.type_name == "list":
            return
        self.lists.append(values)
        letter = xlsxwriter.utility.xl_col_to_name(len(self.lists))
        source = f"={BASE}!${letter}$1:${letter}${len(values)}"
        options = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(8, at, 8 + len(table.rows) + SPARE_ROWS, at, options)

    def _heading(self, column: BookColumn) -> str:
        fact = self.words.get(column.name)
        own = column.zh if self.language.startswith("zh") else column.en
        known = (fact.zh if self.language.startswith("zh") else fact.en) if fact else ""
        words = own or ("" if column.expression or column.kind == "then" else known)
        return f"{words}\n{column.name}" if words else column.name

    def _about(self, column: BookColumn) -> str:
        words = say(TYPE_WORDS[column.type_name], self.language) if column.type_name in TYPE_WORDS else ""
        return f"{words}: {column.allowed}" if column.allowed else words

    def _calculations(self) -> None:
        found = [table for table in self.content.tables if table.is_calculation]
        if not found:
            return
        sheet = self.sheet("calculations", say(SHEETS["calculations"], self.language))
        self._head(sheet, ("name", "title_zh", "title_en", "type", "expression"), (20, 26, 26, 12, 60))
        for line, each in enumerate(found, start=2):
            self._line(
                sheet, line, ["", each.decision_id, each.zh, each.en, each.type_name, each.expression], "text"
            )
        sheet.data_validation(2, 4, 200, 4, {"validate": "list", "source": list(TYPES)})

    def _outputs(self) -> None:
        sheet = self.sheet("outputs", say(SHEETS["outputs"], self.language))
        self._head(
            sheet, ("table", "name", "type", "allowed", "default", "otherwise", "zh", "en"), (20, 18, 12, 50, 16, 16, 20, 20)
        )  # fmt: skip
        line = 2
        for table in self.content.tables:
            for each in table.columns:
                if each.kind == "then":
                    texts = [table.decision_id, table.decision_id, each.name, each.type_name, each.allowed]
                    self._line(sheet, line, [*texts, each.default, each.otherwise, each.zh, each.en], "text")
                    line += 1
        sheet.data_validation(2, 3, 500, 3, {"validate": "list", "source": list(TYPES)})
        sheet.write_string(0, 1, say(HINTS["outputs"], self.language), self.formats["muted"])

    def _stages(self) -> None:
        if not self.content.stages:
            return
        sheet = self.sheet("stages", say(SHEETS["stages"], self.language))
        self._head(sheet, ("name", "title_zh", "title_en", "is_final"), (20, 30, 30, 14))
        for line, each in enumerate(self.content.stages, start=2):
            self._line(
                sheet, line, [each.name, each.name, each.zh, each.en, "true" if each.is_final else ""], "text"
            )

    def _facts(self) -> None:
        sheet = self.sheet("facts", say(SHEETS["facts"], self.language))
        self._head(sheet, ("name", "zh", "en", "type", "range", "is_read"), (26, 30, 40, 12, 40, 14))
        sheet.write_string(0, 1, say(HINTS["facts"], self.language), self.formats["muted"])
        read = {fact.name: fact for fact in self.content.facts}
        names = [*read, *[name for name in self.facts if name not in read]]
        for line, name in enumerate(names, start=2):
            fact = self.words.get(name) or FactWords(name=name, type_name=read[name].type_name)
            own = read.get(name)
            kind = own.type_name if own else fact.type_name
            mark = "own" if own and (own.zh or own.en) else ""
            used = self.say("yes") if own else ""
            self._line(sheet, line, [mark, name, fact.zh, fact.en, kind, fact.range_text, used], "text")

    def _base(self, document: Mapping[str, Any]) -> None:
        sheet = self.book.add_worksheet(BASE)
        text = json.dumps(document, default=_dated)
        chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
        for line, part in enumerate((f"{MARK}base", *chunks)):
            sheet.write_string(line, 0, part)
        for at, values in enumerate(self.lists, start=1):
            for line, value in enumerate(values):
                sheet.write_string(line, at, value)
        sheet.very_hidden()

    def _head(self, sheet: Any, keys: Sequence[str], widths: Sequence[int]) -> None:
        for at, (key, width) in enumerate(zip(keys, widths, strict=True), start=1):
            sheet.write_string(1, at, self.say(key), self.formats["head"])
            sheet.set_column(at, at, width)
        sheet.freeze_panes(2, 2)

    def _line(self, sheet: Any, line: int, texts: Sequence[str], name: str) -> None:
        for at, text in enumerate(texts):
            if at or text:
                sheet.write_string(line, at, text, self.formats[name] if at else None)


def _short(text: str, most: int) -> str:
    """Cut a text to so many UTF-16 units, as a spreadsheet counts."""
    return text.encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")


def _number(text: str) -> int | float | None:
    """Return a text as a number that a spreadsheet keeps exactly, or None."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 10**15 and json.dumps(value) == text == _kept(value) else None


def _kept(value: int | float) -> str:
    """Return a number as it reads after a spreadsheet held it in sixteen digits."""
    number = float(f"{value:.16G}")
    return str(int(number)) if number.is_integer() else repr(number)


def _dated(value: Any) -> Any:
    return {"__date__": value.isoformat()} if isinstance(value, date) else str(value)
