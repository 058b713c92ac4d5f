"""Functions of texts. Patterns run in time linear in the text (no look-around, no back-references)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from fairdue.engine.feel.calling import built_in, typed
from fairdue.engine.feel.functions.numbers import whole
from fairdue.engine.feel.values import MAX_TEXT, Fault, Value, string

_CUT = "\x00\ue000\x00"


def text(value: Value) -> str:
    """Return an argument that must be a text."""
    found: str = typed(value, str, "a text")
    return found


def limited(value: str) -> str:
    """Return a text unless it is too long, else fault."""
    if len(value) > MAX_TEXT:
        raise Fault(f"a text may have {MAX_TEXT} characters at most")
    return value


@built_in("substring", "string", "start position", "length", optional=1)
def _substring(value: Value, start: Value, length: Value = None) -> str:
    characters, first = text(value), whole(start)
    if first == 0 or abs(first) > len(characters):
        raise Fault("a start position counts from 1, or from -1 at the end, within the text")
    begin = first - 1 if first > 0 else len(characters) + first
    count = len(characters) if length is None else whole(length)
    if count < 0:
        raise Fault("a length is not negative")
    return characters[begin : begin + count]


@built_in("string length", "string")
def _length(value: Value) -> Value:
    return Decimal(len(text(value)))


@built_in("upper case", "string")
def _upper(value: Value) -> str:
    return text(value).upper()


@built_in("lower case", "string")
def _lower(value: Value) -> str:
    return text(value).lower()


@built_in("substring before", "string", "match")
def _before(value: Value, match: Value) -> str:
    found, mark, _ = text(value).partition(text(match)) if text(match) else ("", "", "")
    return found if mark else ""


@built_in("substring after", "string", "match")
def _after(value: Value, match: Value) -> str:
    return text(value).partition(text(match))[2] if text(match) else text(value)


@built_in("contains", "string", "match")
def _contains(value: Value, match: Value) -> bool:
    return text(match) in text(value)


@built_in("starts with", "string", "match")
def _starts(value: Value, match: Value) -> bool:
    return text(value).startswith(text(match))


@built_in("ends with", "string", "match")
def _ends(value: Value, match: Value) -> bool:
    return text(value).endswith(text(match))


def _pattern(pattern: str, flags: Value) -> str:
    """A pattern of XPath as Rust's regular expressions have it."""
    wanted = "" if flags is None else text(flags)
    if set(wanted) - set("smixq"):
        raise Fault(f"the flags of a pattern are s, m, i, x, not {wanted}")
    if "q" in wanted:
        return "".join("\\" + one if one in r"\.+*?()|[]{}^$#&-~/" and one != "/" else one for one in pattern)
    kept = "".join(sorted(set(wanted)))
    return f"(?{kept}){pattern}" if kept else pattern


def _run(expression: pl.Expr) -> Value:
    try:
        return pl.select(expression).item()
    except pl.exceptions.PolarsError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else "it cannot be read"
        raise Fault(f"the pattern is not understood: {first}") from None


@built_in("matches", "input", "pattern", "flags", optional=1)
def _matches(value: Value, pattern: Value, flags: Value = None) -> Value:
    return _run(pl.lit(text(value)).str.contains(_pattern(text(pattern), flags)))


@built_in("replace", "input", "pattern", "replacement", "flags", optional=1)
def _replace(value: Value, pattern: Value, replacement: Value, flags: Value = None) -> Value:
    return limited(_replaced(text(value), _pattern(text(pattern), flags), _groups(text(replacement))))


def _replaced(value: str, pattern: str, replacement: str) -> str:
    return str(_run(pl.lit(value).str.replace_all(pattern, replacement)))


def _groups(replacement: str) -> str:
    """`$1` as `${1}`, so that what follows is not read as a part of the name."""
    parts = replacement.split("$")
    found = [parts[0]]
    for part in parts[1:]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))][:1]
        found.append(f"{{{digits}}}{part[len(digits) :]}" if digits else part)
    return "$".join(found).replace("\\$", "$$")


@built_in("split", "string", "delimiter")
def _split(value: Value, delimiter: Value) -> list[Value]:
    cut = _replaced(text(value), text(delimiter), _CUT)
    return list(limited(cut).split(_CUT))


@built_in("string join", "list", "delimiter", optional=1)
def _join(values: Value, delimiter: Value = None) -> str:
    found = [text(value) for value in typed(values, list, "a list of texts") if value is not None]
    separator = "" if delimiter is None else text(delimiter)
    if sum(map(len, found)) + len(separator) * len(found) > MAX_TEXT:
        raise Fault(f"a text may have {MAX_TEXT} characters at most")
    return separator.join(found)


@built_in("string", "from")
def _string(value: Value) -> Value:
    return None if value is None else limited(string(value))
