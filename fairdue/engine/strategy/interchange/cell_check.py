"""What is wrong with one cell, in words of both languages: for the editor while somebody types, and for workbooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fairdue.engine.strategy.cells import CellError, parse_cell
from fairdue.engine.strategy.interchange.texts import (
    half_width,
    list_of,
    text_of_condition,
    value_of_condition,
    value_of_output,
)
from fairdue.engine.strategy.interchange.xlsx_words import PROBLEMS

_BARE = re.compile(r'[^\s"<>=()\[\],][^"<>=()\[\]]*\Z')
_FROM_TO = re.compile(r"(-?\d+(?:\.\d+)?) ?(?:-|~|至|到) ?(-?\d+(?:\.\d+)?)\Z")
"""`1-30`, as people write a range: it would be read as a sum that comes to -29."""
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?\Z")
_PYTHON = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "text": (str,),
    "date": (str,),
    "list": (list,),
}


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell and what to do."""

    code: str
    zh: str
    en: str


def problem(code: str, *, found: str = "", allowed: str = "") -> CellProblem:
    """Return a problem in words; the codes are in `xlsx_words.PROBLEMS`."""
    zh, en = PROBLEMS[code]
    short = found if len(found) <= 60 else found[:59] + "…"
    return CellProblem(code, zh.format(found=short, allowed=allowed), en.format(found=short, allowed=allowed))


def condition_problem(
    text: str, type_name: str, types: Mapping[str, str] | None = None
) -> CellProblem | None:
    """Return what is wrong with a condition as typed, or None.

    1. A blank cell and `-` are right. Full-width signs are read as plain ones.
    2. `types` has the facts and outputs that may stand for a value, with their types.
    """
    value = value_of_condition(text, type_name)
    plain = half_width(text)
    if value is None or plain == "-":
        return None
    if type_name in ("integer", "number") and (wrong := _misread(plain)):
        return wrong
    try:
        parse_cell(text_of_condition(value), type_name, types)
    except CellError:
        return _why(plain, type_name)
    return None


def _misread(text: str) -> CellProblem | None:
    """Return what is wrong with a number that could be read, but not as it is meant."""
    if ends := _FROM_TO.match(text):
        return problem("needs_range", found=f"[{ends[1]}..{ends[2]}]")
    return problem("needs_number", found=text) if _DAY.match(text) else None


def _why(text: str, type_name: str) -> CellProblem:
    """Return the likeliest mistake behind a condition that cannot be read."""
    if type_name == "text" and _BARE.match(text) and text not in ("true", "false"):
        quoted = ",".join(f'"{part.strip()}"' for part in text.split(",") if part.strip())
        return problem("needs_quotes", found=quoted)
    if type_name == "boolean":
        return problem("needs_boolean")
    is_bare = bool(_BARE.match(text)) and not any(sign.isdigit() for sign in text)
    if type_name in ("integer", "number") and ('"' in text or is_bare):
        return problem("needs_number", found=text)
    if type_name == "integer" and re.search(r"\d\.\d", text):
        return problem("needs_whole", found=text)
    if type_name == "date" and not re.search(r"\d{4}-\d\d-\d\d", text):
        return problem("needs_date")
    return problem("unreadable", found=text)


def output_problem(
    text: str, type_name: str, *, allowed: str = "", has_default: bool = True
) -> CellProblem | None:
    """Return what is wrong with an output's value as typed, or None; `allowed` is written as a list."""
    if not text.strip():
        return None if has_default else problem("value_missing")
    value = value_of_output(text, type_name)
    kinds = _PYTHON.get(type_name)
    if value is None or kinds is None:
        return None
    if not isinstance(value, kinds) or (isinstance(value, bool) and type_name != "boolean"):
        return problem(_TYPE_PROBLEMS.get(type_name, "unreadable"), found=text.strip())
    if type_name == "date" and not re.match(r"\d{4}-\d\d-\d\d\Z", str(value)):
        return problem("needs_date")
    values = list_of(allowed) if allowed else []
    given = value if isinstance(value, list) else [value]
    names = {
        str(value_of_output(each, type_name)) if type_name not in ("text", "list") else each
        for each in values
    }
    unknown = [str(each) for each in given if values and str(each) not in names]
    return problem("not_allowed", found=unknown[0], allowed=allowed) if unknown else None


_TYPE_PROBLEMS = {
    "integer": "needs_whole",
    "number": "needs_number",
    "boolean": "needs_boolean",
    "date": "needs_date",
}
