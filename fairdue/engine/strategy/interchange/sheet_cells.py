"""Reading an XLSX file cell by cell, within limits: only what is written is held, so no file can ask for more.

Readers that make a whole rectangle of a sheet allocate what its last cell says, whatever stands between; a
file of one kilobyte can ask them for seventeen milliards of cells. This one streams and counts.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from lxml import etree

MAX_BYTES = 16 * 2**20
MAX_UNPACKED = 192 * 2**20
MAX_SHEETS = 200
MAX_ROWS = 20_000
"""Rows with something in them, of one sheet."""
MAX_CELLS = 600_000
MAX_COLUMNS = 400

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PARSER: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}


class SheetUnreadable(ValueError):
    """The file cannot be read as a workbook; `code` says why, `sheet` and `row` where, if it is one place."""

    def __init__(self, code: str, *, sheet: str = "", row: int = 0, found: str = "") -> None:
        super().__init__(code)
        self.code, self.sheet, self.row, self.found = code, sheet, row, found


@dataclass(frozen=True, slots=True)
class DateCell:
    """A cell that the spreadsheet holds as a date."""

    text: str


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell with an error of the spreadsheet such as `#REF!`, or with a formula that has no value (`=A1+1`)."""

    text: str


CellValue = str | int | float | bool | DateCell | BrokenCell


@dataclass(slots=True)
class Sheet:
    """The cells that are written, by row and column counted from 1; rectangles of merged cells."""

    name: str
    rows: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column."""

    def value(self, row: int, column: int) -> CellValue | None:
        """Return what a cell holds, or None."""
        return self.rows.get(row, {}).get(column)


def column_letters(column: int) -> str:
    """Return the name of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, at = divmod(column - 1, 26)
        letters = chr(65 + at) + letters
    return letters


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """Return every sheet of a workbook, in its order.

    :raises SheetUnreadable: if it is no XLSX file, is protected by a password, or is beyond the limits
    """
    if len(content) > MAX_BYTES:
        raise SheetUnreadable("too_large", found=f"{len(content) / 2**20:.0f}")
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SheetUnreadable("old_or_locked")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _weigh(archive)
            return tuple(_sheets(archive))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, ValueError, NotImplementedError, RuntimeError, EOFError,
            zipfile.LargeZipFile, OSError) as error:  # fmt: skip
        if isinstance(error, SheetUnreadable):
            raise
        raise SheetUnreadable("no_workbook") from error


def _weigh(archive: zipfile.ZipFile) -> None:
    unpacked = sum(each.file_size for each in archive.infolist())
    if unpacked > MAX_UNPACKED or len(archive.infolist()) > 2_000:
        raise SheetUnreadable("too_large_unpacked", found=f"{unpacked / 2**20:,.0f}")
    if any(each.flag_bits & 1 for each in archive.infolist()):
        raise SheetUnreadable("old_or_locked")


def _sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    names = set(archive.namelist())
    targets = _targets(archive)
    texts = _shared_texts(archive) if "xl/sharedStrings.xml" in names else []
    dates = _date_styles(archive) if "xl/styles.xml" in names else frozenset()
    with archive.open("xl/workbook.xml") as stream:
        book = etree.parse(stream, etree.XMLParser(**_PARSER)).getroot()
    is_1904 = any(each.get("date1904") in ("1", "true") for each in _all(book, "workbookPr"))
    listed = [each for each in _all(book, "sheet") if each.get("name")]
    if len(listed) > MAX_SHEETS:
        raise SheetUnreadable("too_many_sheets", found=str(len(listed)))
    for each in listed:
        relation = next((value for key, value in each.attrib.items() if _local(key) == "id"), "")
        path = targets.get(relation, "")
        if path in names and "worksheets" in path:
            with archive.open(path) as stream:
                yield _sheet(stream, each.get("name"), texts, dates, is_1904)


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        root = etree.parse(stream, etree.XMLParser(**_PARSER)).getroot()
    found = {each.get("Id"): each.get("Target", "") for each in _all(root, "Relationship")}
    return {key: path.lstrip("/") if path.startswith("/") else f"xl/{path}" for key, path in found.items()}


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    with archive.open("xl/sharedStrings.xml") as stream:
        for _event, item in etree.iterparse(stream, tag="{*}si", **_PARSER):
            found.append(_text_of(item))
            _forget(item)
    return found


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Return the positions of the cell formats that show a number as a date."""
    with archive.open("xl/styles.xml") as stream:
        root = etree.parse(stream, etree.XMLParser(**_PARSER)).getroot()
    own = {
        int(each.get("numFmtId", 0)): _is_date_format(each.get("formatCode", ""))
        for each in _all(root, "numFmt")
    }
    formats = next(iter(_all(root, "cellXfs")), None)
    kinds = [int(each.get("numFmtId") or 0) for each in (formats if formats is not None else ())]
    return frozenset(at for at, kind in enumerate(kinds) if own.get(kind, kind in _DATE_FORMATS))


def _is_date_format(code: str) -> bool:
    return bool(re.search(r"[ymdhs年月日]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.lower())))


def _sheet(stream: IO[bytes], name: str, texts: list[str], dates: frozenset[int], is_1904: bool) -> Sheet:
    sheet, count, row_number = Sheet(name), 0, 0
    for _event, element in etree.iterparse(stream, tag=("{*}row", "{*}mergeCell"), **_PARSER):
        if _local(element.tag) == "mergeCell":
            if rectangle := _rectangle(element.get("ref", "")):
                sheet.merged.append(rectangle)
            continue
        row_number = int(element.get("r") or row_number + 1)
        cells = dict(_cells(element, texts, dates, is_1904))
        _forget(element)
        if not cells:
            continue
        count += len(cells)
        sheet.rows[row_number] = cells
        if len(sheet.rows) > MAX_ROWS or count > MAX_CELLS:
            raise SheetUnreadable("too_many_rows", sheet=name, row=row_number, found=f"{MAX_ROWS:,}")
        if max(cells) > MAX_COLUMNS:
            raise SheetUnreadable(
                "too_many_columns", sheet=name, row=row_number, found=column_letters(max(cells))
            )
    return sheet


def _cells(
    row: Any, texts: list[str], dates: frozenset[int], is_1904: bool
) -> Iterator[tuple[int, CellValue]]:
    column = 0
    for cell in row:
        if _local(cell.tag) != "c":
            continue
        match = _REFERENCE.match(cell.get("r", ""))
        column = _column_number(match[1]) if match else column + 1
        value = _value(cell, texts, dates, is_1904)
        if value is not None and (not isinstance(value, str) or value.strip()):
            yield column, value


def _value(cell: Any, texts: list[str], dates: frozenset[int], is_1904: bool) -> CellValue | None:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text_of(cell)
    found = next((each.text for each in cell if _local(each.tag) == "v"), None)
    if found is None:
        formula = next((each for each in cell if _local(each.tag) == "f"), None)
        return None if formula is None else BrokenCell(f"={formula.text or ''}")
    if kind == "s":
        at = int(found)
        return texts[at] if 0 <= at < len(texts) else None
    if kind == "b":
        return found.strip() in ("1", "true")
    if kind == "e":
        return BrokenCell(found)
    if kind == "d":
        return DateCell(found[:10])
    if kind == "str":
        return _unescaped(found)
    number = float(found)
    if int(cell.get("s") or 0) in dates:
        return _date(number, is_1904)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(number: float, is_1904: bool) -> CellValue:
    """Return the day that a serial number stands for; before March 1900 it is a number of hours or a mistake."""
    days = number + (1462 if is_1904 else 0)
    if not 60 < days < 2_958_466:
        return BrokenCell(f"{number:g}")
    return DateCell((datetime(1899, 12, 30) + timedelta(days=days)).strftime("%Y-%m-%d"))  # noqa: DTZ001


def _text_of(item: Any) -> str:
    """Return the text of an item, its runs joined, without what is said to pronounce it."""
    parts = [
        each.text or ""
        for each in item.iter("{*}t")
        if not any(_local(parent.tag) == "rPh" for parent in each.iterancestors())
    ]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _rectangle(reference: str) -> tuple[int, int, int, int] | None:
    ends = [_REFERENCE.match(part) for part in reference.replace("$", "").split(":")]
    if len(ends) != 2 or not (ends[0] and ends[1]):
        return None
    first, last = ends[0], ends[1]
    return int(first[2]), _column_number(first[1]), int(last[2]), _column_number(last[1])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _forget(element: Any) -> None:
    """Let a part that was read be freed, and the parts before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _all(root: Any, name: str) -> list[Any]:
    return list(root.iter(f"{{*}}{name}"))


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def as_text(value: CellValue | None) -> str:
    """Return a cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DateCell | BrokenCell):
        return value.text
    return repr(value) if isinstance(value, float) else str(value)


def filled(sheet: Sheet, first_row: int) -> Mapping[tuple[int, int], CellValue]:
    """Return the value of every cell that lies under another one in a rectangle merged within one column."""
    found: dict[tuple[int, int], CellValue] = {}
    for top, left, bottom, right in sheet.merged:
        value = sheet.value(top, left)
        if left != right or top < first_row or value is None:
            continue
        for row in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
            found[(row, left)] = value
    return found
