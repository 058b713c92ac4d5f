"""A book as plain data that came from outside: read with every shape and limit checked, nothing trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairdue.engine.strategy.interchange.book import (
    Book,
    BookColumn,
    BookName,
    BookRow,
    BookTable,
    as_graph,
    book_of,
)
from fairdue.engine.strategy.interchange.texts import clean

MOST_ROWS, MOST_COLUMNS, MOST_TABLES, MOST_NAMES = 20_000, 200, 200, 2_000
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"[A-Za-z_]\w*")


class BookUnreadable(ValueError):
    """What was sent is no book; the message says which part."""

    code = "decisions.strategy.book_unreadable"


def book_from_json(data: Any) -> Book:
    """Return the book that `Book.as_json` wrote, from data that may be anything.

    :raises BookUnreadable: if a part is missing, of another shape, or beyond the limits
    """
    whole = _map(data, "book")
    return Book(
        **{key: _text(whole, key) for key in ("code", "version", "zh", "en", "result")},
        facts=tuple(_name(each) for each in _list(whole, "facts", MOST_NAMES)),
        tables=tuple(_table(each) for each in _list(whole, "tables", MOST_TABLES)),
        stages=tuple(_name(each) for each in _list(whole, "stages", MOST_NAMES)),
    )


def _name(data: Any) -> BookName:
    item = _map(data, "name")
    texts = {key: _text(item, key) for key in ("name", "type_name", "zh", "en")}
    return BookName(**texts, is_final=item.get("is_final") is True)


def _table(data: Any) -> BookTable:
    item = _map(data, "table")
    keys = ("decision_id", "zh", "en", "type_name", "expression", "hit_policy", "aggregation")
    return BookTable(
        **{key: _text(item, key) for key in keys},
        is_calculation=item.get("is_calculation") is True,
        columns=tuple(_column(each) for each in _list(item, "columns", MOST_COLUMNS)),
        rows=tuple(_row(each) for each in _list(item, "rows", MOST_ROWS)),
    )


def _column(data: Any) -> BookColumn:
    item = _map(data, "column")
    if item.get("kind") not in ("when", "then"):
        raise BookUnreadable("column: kind")
    keys = ("kind", "name", "type_name", "zh", "en", "expression", "allowed", "default", "otherwise")
    return BookColumn(**{key: _text(item, key) for key in keys})


def _row(data: Any) -> BookRow:
    item = _map(data, "row")
    cells = _map(item.get("cells"), "cells")
    if len(cells) > 2 * MOST_COLUMNS:
        raise BookUnreadable("cells")
    return BookRow(
        **{key: _text(item, key) for key in ("row_id", "zh", "en", "stage")},
        cells={clean(key): text for key in cells if (text := _text(cells, key))},
    )


def _map(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BookUnreadable(what)
    return value


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key, "")
    if not isinstance(value, str):
        raise BookUnreadable(key)
    return clean(value)


def _list(item: Mapping[str, Any], key: str, most: int) -> list[Any]:
    value = item.get(key, [])
    if not isinstance(value, list) or len(value) > most:
        raise BookUnreadable(key)
    return value


def with_facts_read(book: Book, base: Mapping[str, Any], types: Mapping[str, str]) -> Book:
    """Return a book whose list of facts fits what it reads; `types` are the facts of the catalogue.

    1. A fact that is newly read is added at the end; one that the base read and the book no longer does goes.
    2. Facts that nobody reads in the base either stay: somebody listed them on purpose.
    """
    used, was_used = set(_names_read(book)), set(_names_read(book_of(as_graph(base))))
    kept = tuple(fact for fact in book.facts if fact.name in used or fact.name not in was_used)
    listed = {fact.name for fact in kept} | set(_made(book))
    new = (name for name in types if name in used and name not in listed)
    return replace(book, facts=(*kept, *[BookName(name=name, type_name=types[name]) for name in new]))


def _made(book: Book) -> Iterator[str]:
    for table in book.tables:
        yield table.decision_id
        yield from (column.name for column in table.columns if column.kind == "then")


def _names_read(book: Book) -> Iterator[str]:
    for table in book.tables:
        yield from _names(table.expression)
        for column in table.columns:
            if column.kind == "when":
                yield from _names(column.expression) if column.expression else (column.name,)
        for row in table.rows:
            for key, text in row.cells.items():
                if key.startswith("when:"):
                    yield from _names(text)


def _names(text: str) -> list[str]:
    return _NAME.findall(_QUOTED.sub("", text)) if text else []
