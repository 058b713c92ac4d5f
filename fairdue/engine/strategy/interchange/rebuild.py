"""A book of texts back into a strategy's document, over the document that it came from.

1. A text that says what the document said before gives back the very value, whatever its type was.
2. What a book does not show (notes, further keys) is kept, found by the ids of decisions, columns and rows.
3. Of rows with one id the one that nobody changed keeps it, else the first; the others are copies and get ids of
   their own. A row without id gets one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from fairdue.engine.strategy.interchange.book import (
    DEFAULT_DECISION,
    Book,
    BookColumn,
    BookName,
    BookRow,
    BookTable,
    as_graph,
    is_first_format,
    name_of,
    output_of,
    row_of,
    table_of,
    words,
)
from fairdue.engine.strategy.interchange.texts import clean, list_of, value_of_condition, value_of_output

Item = dict[str, Any]


def document_of(book: Book, base: Mapping[str, Any] | None = None) -> Item:
    """Return the document that a book says, in the format of its base where that can hold it."""
    before: Mapping[str, Any] = base or {}
    graph = as_graph(before) if before else {}
    made: Item = deepcopy(dict(graph))
    _say(made, "code", book.code, clean(graph.get("code", "")))
    _say(made, "version", book.version, clean(graph.get("version", "")))
    _say_words(made, book.zh, book.en)
    _say(made, "result", book.result, clean(graph.get("result", "")))
    earlier = _by_name(graph.get("inputs"), "name")
    _say_list(made, "inputs", [_fact(each, earlier.take(each.name)) for each in book.facts], not graph)
    decisions, ids = _by_name(graph.get("decisions"), "id"), _RowIds(book, graph)
    tables = [_decision(each, decisions.take(each.decision_id), ids) for each in book.tables]
    _say_list(made, "decisions", tables, not graph)
    stages = _by_name(graph.get("stages"), "id")
    _say_list(made, "stages", [_stage(each, stages.take(each.name)) for each in book.stages])
    return _in_first_format(made, before) if before and is_first_format(before) else made


class _Earlier:
    """Parts of the base by name; the second of one name is given to who asks a second time."""

    def __init__(self, items: Iterable[Mapping[str, Any]], key: str) -> None:
        self.waiting: defaultdict[str, list[Item]] = defaultdict(list)
        for item in items:
            self.waiting[clean(item.get(key, ""))].append(dict(item))

    def take(self, name: str) -> Item:
        found = self.waiting[name]
        return deepcopy(found.pop(0)) if found else {}


def _by_name(items: Any, key: str) -> _Earlier:
    found = items if isinstance(items, list | tuple) else ()
    return _Earlier([item for item in found if isinstance(item, Mapping)], key)


def _say(target: Item, key: str, text: str, before: str, value: Callable[[str], Any] = str) -> None:
    """Set a key to what a text says; one that says what it said before stays, a blank one goes."""
    if text == before:
        return
    if text:
        target[key] = value(text)
    else:
        target.pop(key, None)


def _say_list(target: Item, key: str, items: list[Item], is_wanted: bool = False) -> None:
    """Set a list, an empty one only where there was one or a new document wants it."""
    if items or isinstance(target.get(key), list) or (is_wanted and key not in target):
        target[key] = items


def _say_words(target: Item, zh: str, en: str, key: str = "title") -> None:
    if words(target.get(key)) != (zh, en):
        kept = target[key] if isinstance(target.get(key), Mapping) else {}
        target[key] = {**kept, "zh": zh, "en": en}


def _say_own_words(target: Item, zh: str, en: str) -> None:
    """Set `zh` and `en` of a fact or column, which has them only where the catalogue's do not fit."""
    before = words(target)
    _say(target, "zh", zh, before[0])
    _say(target, "en", en, before[1])


def _fact(fact: BookName, item: Item) -> Item:
    before = name_of(item) if item else BookName(name="")
    _say(item, "name", fact.name, before.name)
    _say(item, "type", fact.type_name, before.type_name)
    _say_own_words(item, fact.zh, fact.en)
    return item


def _stage(stage: BookName, item: Item) -> Item:
    _say(item, "id", stage.name, clean(item.get("id", "")))
    if "title" in item or not item.keys() & {"zh", "en"}:
        _say_words(item, stage.zh, stage.en)
    else:
        _say_own_words(item, stage.zh, stage.en)
    if stage.is_final != (item.get("is_final") is True):
        item["is_final"] = stage.is_final
    return item


def _decision(table: BookTable, item: Item, ids: _RowIds) -> Item:
    before = table_of(item) if item else BookTable(decision_id="", hit_policy="")
    _say(item, "id", table.decision_id, before.decision_id)
    if item.get("title") or table.zh or table.en:
        _say_words(item, table.zh, table.en)
    _say(item, "type", table.type_name, before.type_name)
    _say(item, "hit_policy", table.hit_policy, before.hit_policy)
    _say(item, "aggregation", table.aggregation, before.aggregation)
    if table.is_calculation:
        if "expression" not in item or table.expression != before.expression:
            item["expression"] = table.expression
        return _without_blank_policy(item)
    item.pop("expression", None)
    inputs, outputs = _by_name(item.get("inputs"), "name"), _by_name(item.get("outputs"), "name")
    is_new = not item.keys() & {"inputs", "outputs", "rows"}
    conditions, effects = ([each for each in table.columns if each.kind == kind] for kind in ("when", "then"))
    earlier, gone = _by_name(item.get("rows"), "id"), _gone(before, table)
    _say_list(item, "inputs", [_input(each, inputs.take(each.name)) for each in conditions], is_new)
    _say_list(item, "outputs", [_output(each, outputs.take(each.name)) for each in effects], is_new)
    copies = _copies(table, before)
    rows = [
        _row(each, table, {} if is_copy else earlier.take(each.row_id), gone, ids, is_copy)
        for each, is_copy in zip(table.rows, copies, strict=True)
    ]
    _say_list(item, "rows", rows, is_new)
    return item


def _copies(table: BookTable, before: BookTable) -> list[bool]:
    """Tell of each row whether it is a changed copy of one that stands unchanged beside it."""
    count = Counter(row.row_id for row in before.rows)
    old = {row.row_id: row for row in before.rows if count[row.row_id] == 1}
    whole = {row.row_id for row in table.rows if row == old.get(row.row_id)}
    return [row.row_id in whole and row != old[row.row_id] for row in table.rows]


def _without_blank_policy(item: Item) -> Item:
    return {key: value for key, value in item.items() if key != "hit_policy" or value}


def _gone(before: BookTable, table: BookTable) -> frozenset[str]:
    """Columns that were removed: their cells go with them; cells of columns that never were stay."""
    return frozenset(each.key for each in before.columns) - {each.key for each in table.columns}


def _input(column: BookColumn, item: Item) -> Item:
    before = clean(item.get("expression") or "")
    _say(item, "name", column.name, clean(item.get("name", "")))
    _say(item, "type", column.type_name, clean(item.get("type", "")))
    _say(item, "expression", column.expression, before)
    _say_own_words(item, column.zh, column.en)
    return item


def _output(column: BookColumn, item: Item) -> Item:
    before = output_of(item) if item else BookColumn(kind="then", name="", type_name="")
    type_name = column.type_name

    def value(text: str) -> Any:
        return value_of_output(text, type_name)

    def values(text: str) -> list[Any]:
        kind = "text" if type_name == "list" else type_name
        return [each if kind == "text" else value_of_output(each, kind) for each in list_of(text)]

    _say(item, "name", column.name, before.name)
    _say(item, "type", type_name, before.type_name)
    _say_own_words(item, column.zh, column.en)
    _say(item, "allowed", column.allowed, before.allowed, values)
    _say(item, "default", column.default, before.default, value)
    _say(item, "otherwise", column.otherwise, before.otherwise, value)
    return item


def _row(
    row: BookRow, table: BookTable, item: Item, gone: frozenset[str], ids: _RowIds, is_copy: bool
) -> Item:
    is_new, before = not item, row_of(item) if item else BookRow(row_id="")
    ids.name(row, table, item, is_copy)
    _say_words(item, row.zh, row.en)
    _say(item, "stage", row.stage, before.stage)
    for side in ("when", "then"):
        part = item.get(side)
        target = dict(part) if isinstance(part, Mapping) else {}
        for key in gone:
            if key.startswith(f"{side}:"):
                target.pop(key.partition(":")[2], None)
        for column in table.columns:
            if column.kind == side:
                _cell(target, column, row.cells.get(column.key, ""), before.cells.get(column.key, ""))
        if target or isinstance(part, Mapping) or is_new:
            item[side] = target
    return item


def _cell(target: Item, column: BookColumn, text: str, before: str) -> None:
    read = value_of_condition if column.kind == "when" else value_of_output
    _say(target, column.name, text, before, lambda typed: read(typed, column.type_name))


class _RowIds:
    """Gives ids to rows that have none or stand twice; an id is used once in the whole strategy."""

    def __init__(self, book: Book, base: Mapping[str, Any]) -> None:
        graph_rows = (row for decision in base.get("decisions") or () if isinstance(decision, Mapping)
                      for row in decision.get("rows") or () if isinstance(row, Mapping))  # fmt: skip
        self.allowed = Counter(clean(row.get("id", "")) for row in graph_rows)
        self.used: Counter[str] = Counter()
        self.taken = {row.row_id for table in book.tables for row in table.rows}

    def name(self, row: BookRow, table: BookTable, item: Item, is_copy: bool) -> None:
        """Put the row's id into its item, or a new one."""
        self.used[row.row_id] += not is_copy
        if row.row_id and not is_copy and self.used[row.row_id] <= max(self.allowed[row.row_id], 1):
            _say(item, "id", row.row_id, clean(item.get("id", "")))
            return
        item["id"] = self._new(row.row_id or table.decision_id)

    def _new(self, stem: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"-\d+\Z", "", stem.lower())).strip("-") or "row"
        number = 2
        while f"{plain}-{number}" in self.taken:
            number += 1
        self.taken.add(f"{plain}-{number}")
        return f"{plain}-{number}"


def _in_first_format(made: Item, base: Mapping[str, Any]) -> Item:
    """Return a document as one table at the top again, if one plain table is all it has."""
    decisions = made["decisions"]
    is_one = len(decisions) == 1 and decisions[0].get("id") == DEFAULT_DECISION and not made.get("stages")
    if not is_one or any("expression" in each for each in (decisions[0], *decisions[0].get("inputs", ()))):
        return made
    facts = {each.get("name"): each for each in made["inputs"]}
    names = [each.get("name") for each in decisions[0]["inputs"]]
    if set(facts) - set(names):
        return made
    top: Item = {key: value for key, value in made.items() if key not in ("decisions", "result")}
    top["inputs"] = [facts.get(name, each) for name, each in zip(names, decisions[0]["inputs"], strict=True)]
    for key in ("hit_policy", "aggregation", "outputs", "rows"):
        if key in decisions[0]:
            top[key] = decisions[0][key]
    return {key: top[key] for key in (*[k for k in base if k in top], *[k for k in top if k not in base])}
