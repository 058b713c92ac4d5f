"""A strategy as a book of tables whose cells are texts: what the editor and a workbook show and give back.

`book_of` writes a document of either format as a book; `rebuild.document_of` reads a book back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fairdue.engine.strategy.interchange.texts import clean, text_of_condition, text_of_list, text_of_output

HIT_POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS = ("", "sum", "min", "max", "count")
TYPES = ("integer", "number", "text", "boolean", "date", "list")
DEFAULT_DECISION = "next_step"
"""The decision that a document of the first format is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookColumn:
    """A condition (`when`) or an output (`then`); the last three are of outputs, `expression` of conditions."""

    kind: str
    name: str
    type_name: str
    zh: str = ""
    en: str = ""
    expression: str = ""
    allowed: str = ""
    default: str = ""
    otherwise: str = ""

    @property
    def key(self) -> str:
        """What names the column in a table: a condition and an output may have one name."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One row: texts by the key of the column; a blank cell is left out."""

    row_id: str
    zh: str = ""
    en: str = ""
    stage: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTable:
    """One decision: a table, or a calculation when it has an expression."""

    decision_id: str
    zh: str = ""
    en: str = ""
    is_calculation: bool = False
    type_name: str = ""
    expression: str = ""
    hit_policy: str = "FIRST"
    aggregation: str = ""
    columns: tuple[BookColumn, ...] = ()
    rows: tuple[BookRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookName:
    """A fact that the strategy reads, or (with `is_final`) a stage; the words may be blank."""

    name: str
    type_name: str = ""
    zh: str = ""
    en: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A whole strategy."""

    code: str
    version: str
    zh: str = ""
    en: str = ""
    result: str = DEFAULT_DECISION
    facts: tuple[BookName, ...] = ()
    tables: tuple[BookTable, ...] = ()
    stages: tuple[BookName, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the book as plain data, as the editor takes and sends it."""
        return asdict(self)


def as_graph(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of the first format as one of the second with the one decision `next_step`."""
    if not is_first_format(document):
        return dict(document)
    moved = ("hit_policy", "aggregation", "outputs", "rows")
    inputs = _list(document.get("inputs"))
    table = {
        "id": DEFAULT_DECISION,
        "title": document.get("title") or {},
        "inputs": [
            {key: each[key] for key in ("name", "type") if key in each} for each in inputs if _is_map(each)
        ],
        **{key: document[key] for key in moved if key in document},
    }
    kept = {key: value for key, value in document.items() if key not in moved}
    return {**kept, "decisions": [table], "result": DEFAULT_DECISION}


def is_first_format(document: Mapping[str, Any]) -> bool:
    """Tell whether the document is one table, with its rows at the top."""
    return "decisions" not in document


def book_of(document: Mapping[str, Any]) -> Book:
    """Return a document as texts; a half-made one too, for a draft may lack anything."""
    graph = as_graph(document)
    title = words(graph.get("title"))
    return Book(
        code=clean(graph.get("code", "")),
        version=clean(graph.get("version", "")),
        zh=title[0],
        en=title[1],
        result=clean(graph.get("result", "")),
        facts=tuple(name_of(each) for each in _maps(graph.get("inputs"))),
        tables=tuple(table_of(each) for each in _maps(graph.get("decisions"))),
        stages=tuple(name_of(each) for each in _maps(graph.get("stages"))),
    )


def name_of(item: Mapping[str, Any]) -> BookName:
    """Return a fact or a stage as texts."""
    zh, en = words(item.get("title")) if "title" in item else words(item)
    return BookName(
        name=clean(item.get("name", item.get("id", ""))),
        type_name=clean(item.get("type", "")),
        zh=zh,
        en=en,
        is_final=item.get("is_final") is True,
    )


def table_of(decision: Mapping[str, Any]) -> BookTable:
    """Return a decision as texts."""
    zh, en = words(decision.get("title"))
    columns = tuple(_columns(decision))
    return BookTable(
        decision_id=clean(decision.get("id", "")),
        zh=zh,
        en=en,
        is_calculation="expression" in decision,
        type_name=clean(decision.get("type", "")),
        expression=clean(decision.get("expression", "")),
        hit_policy=clean(decision.get("hit_policy", "")),
        aggregation=clean(decision.get("aggregation") or ""),
        columns=columns,
        rows=tuple(row_of(each) for each in _maps(decision.get("rows"))),
    )


def _columns(decision: Mapping[str, Any]) -> Iterator[BookColumn]:
    for each in _maps(decision.get("inputs")):
        zh, en = words(each)
        yield BookColumn(
            kind="when",
            name=clean(each.get("name", "")),
            type_name=clean(each.get("type", "")),
            zh=zh,
            en=en,
            expression=clean(each.get("expression") or ""),
        )
    for each in _maps(decision.get("outputs")):
        yield output_of(each)


def output_of(item: Mapping[str, Any]) -> BookColumn:
    """Return an output as texts; a default or an `otherwise` that is not there is blank."""
    zh, en = words(item)
    return BookColumn(
        kind="then",
        name=clean(item.get("name", "")),
        type_name=clean(item.get("type", "")),
        zh=zh,
        en=en,
        allowed=text_of_list(item["allowed"]) if _list(item.get("allowed")) else "",
        default=text_of_output(item["default"]) if "default" in item else "",
        otherwise=text_of_output(item["otherwise"]) if "otherwise" in item else "",
    )


def row_of(row: Mapping[str, Any]) -> BookRow:
    """Return a row as texts."""
    zh, en = words(row.get("title"))
    conditions, outputs = row.get("when"), row.get("then")
    cells = {f"when:{name}": text_of_condition(value) for name, value in _pairs(conditions)} | {
        f"then:{name}": text_of_output(value) for name, value in _pairs(outputs)
    }
    return BookRow(
        row_id=clean(row.get("id", "")), zh=zh, en=en, stage=clean(row.get("stage") or ""),
        cells={key: text for key, text in cells.items() if text},
    )  # fmt: skip


def words(title: Any) -> tuple[str, str]:
    """Return both languages of a title; a title that is one plain text is both."""
    if _is_map(title):
        return clean(title.get("zh") or ""), clean(title.get("en") or "")
    return (clean(title), clean(title)) if isinstance(title, str) else ("", "")


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in _list(value) if _is_map(each)]
