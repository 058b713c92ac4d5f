"""Reading a strategy's document for display: both formats, and drafts with parts still missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document: equal content, equal digest, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def titles_of(title: Any, otherwise: str) -> dict[str, str]:
    """Return a title in both languages; what is missing is said by the other one, or by a code."""
    given = title if isinstance(title, Mapping) else {}
    found = str(given.get("en") or given.get("zh") or otherwise)
    return {"zh": str(given.get("zh") or found), "en": str(given.get("en") or found)}


def tables(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the decisions of a document; in the old format the document itself is the only one."""
    decisions = document.get("decisions")
    if isinstance(decisions, Sequence) and not isinstance(decisions, str):
        yield from (each for each in decisions if isinstance(each, Mapping))
    elif decisions is None:
        yield document


def result_rows(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of the decision that the night carries out."""
    found = list(tables(document))
    result = document.get("result")
    chosen = [each for each in found if each.get("id") == result] or found[-1:]
    return tuple(row for each in chosen for row in _rows(each))


def row_titles(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the titles of every row of every table, by row id."""
    return {
        str(row.get("id", "")): titles_of(row.get("title"), str(row.get("id", "")))
        for table in tables(document)
        for row in _rows(table)
    }


def _rows(table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    rows = table.get("rows")
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        yield from (row for row in rows if isinstance(row, Mapping))
