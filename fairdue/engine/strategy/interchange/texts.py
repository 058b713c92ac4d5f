"""Values of a strategy as people type them, and back: what a cell of the editor or of a workbook shows.

A text that was not touched gives back the very value it came from; so `text_of_…` and `value_of_…` need not
be inverse for values that nobody would type, and nothing is lost by showing them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

LONGEST = 32_767
"""Characters; a workbook's cell holds no more."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TRUE = frozenset({"true", "yes", "是", "真"})
_FALSE = frozenset({"false", "no", "否", "假"})
_INTEGER = re.compile(r"[+-]?\d+\Z")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_QUOTES = str.maketrans(dict.fromkeys("“”„「」＂", '"'))
_SIGNS = str.maketrans({
    "≥": ">=", "≤": "<=", "＝": "=", "－": "-", "—": "-", "–": "-", "−": "-", "、": ",", "，": ",", "。": ".",
    "【": "[", "】": "]", "…": "..",
})  # fmt: skip


def clean(text: Any) -> str:
    """Return a text as a cell can hold it: no control characters, one kind of line break, no space around."""
    whole = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("\ufffd", whole).strip()[:LONGEST].strip()


def half_width(text: str) -> str:
    """Return a condition with full-width signs, digits and letters made plain, but for what stands in quotes.

    A lone dash of any length is `-`.
    """
    parts = re.split(r'("(?:[^"\\]|\\.)*")', clean(text).translate(_QUOTES))
    made = "".join(
        part if at % 2 else unicodedata.normalize("NFKC", part.translate(_SIGNS))
        for at, part in enumerate(parts)
    )
    return "-" if made.strip() and not made.strip().strip("-") else made.strip()


def text_of_condition(value: Any) -> str:
    """Return a condition's cell as it is typed: yes and no as `true` and `false`, a missing one as nothing."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return clean(value)


def value_of_condition(text: str, type_name: str) -> Any:
    """Return the condition that somebody typed; None for a blank cell, which any value passes."""
    plain = half_width(text)
    if not plain:
        return None
    if type_name == "boolean" and plain.casefold() in _TRUE | _FALSE:
        return plain.casefold() in _TRUE
    if type_name == "date" and (found := _DATE.match(plain)):
        return f'date("{_iso(found)}")'
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), plain) if _is_numeric(type_name) else plain


def text_of_output(value: Any) -> str:
    """Return an output's value as it is typed; an empty text and one that reads like something else is quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return text_of_list(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        text = clean(value)
        is_plain = text and text != "null" and not text.startswith('"')
        return text if is_plain else json.dumps(text, ensure_ascii=False)
    return clean(json.dumps(value)) if isinstance(value, int | float) else clean(value)


def value_of_output(text: str, type_name: str) -> Any:
    """Return the value that somebody typed for an output of a type; None for a blank cell is `absent`'s task.

    What is not of the type stays a text, so that nothing typed is lost and the checks can name it.
    """
    plain = clean(text)
    if type_name == "list":
        return list_of(plain)
    if plain == "null":
        return None
    if type_name == "text":
        return _unquoted(plain)
    return _typed(half_width(plain), type_name, plain)


def _typed(text: str, type_name: str, otherwise: str) -> Any:
    if type_name == "boolean" and text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    if type_name == "date" and (found := _DATE.match(text)):
        return _iso(found)
    ungrouped = text.replace(",", "") if _GROUPED.match(text) else text
    if _is_numeric(type_name) and _INTEGER.match(ungrouped) and len(ungrouped) < 300:
        return int(ungrouped)
    if _is_numeric(type_name) and _NUMBER.match(ungrouped):
        number = float(ungrouped)
        if not isfinite(number):
            return otherwise
        is_whole = type_name == "integer" and number.is_integer()
        return int(number) if is_whole else number
    return otherwise


def text_of_list(values: Any) -> str:
    """Return items joined by commas; an item that is empty or holds a comma or a quote is quoted."""
    return clean(", ".join(_item(value) for value in values)) if values else "[]"


def _item(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    text = clean(value)
    is_plain = text and not re.search(r'[",，、;；\n\[\]]', text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def list_of(text: str) -> list[str]:
    """Return the items of a list as typed: separated by commas, Chinese ones too, or by line breaks."""
    plain = clean(text)
    if plain == "[]":
        return []
    inner = plain[1:-1] if plain.startswith("[") and plain.endswith("]") else plain
    return [_unquoted(item) for item in _items(inner)]


def _items(text: str) -> Iterator[str]:
    for found in re.finditer(r'\s*("(?:[^"\\]|\\.)*"|[^,，、;；\n]+)\s*', text):
        if item := found[1].strip():
            yield item


def _unquoted(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        try:
            inner = json.loads(text, strict=False)
        except ValueError:
            return text
        return inner if isinstance(inner, str) else text
    return text


def _iso(found: re.Match[str]) -> str:
    return f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}"


def _is_numeric(type_name: str) -> bool:
    return type_name in ("integer", "number")
