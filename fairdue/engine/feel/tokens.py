"""Tokens of FEEL: words, numbers, texts and marks, each with its place in the source."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from fairdue.engine.feel.errors import FeelError

MAX_LENGTH = 100_000
"""Characters that a text may have; longer ones are refused unread."""

Kind = Literal["word", "number", "text", "at", "mark", "wide", "bad", "end"]

_START = "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
_START += "\u2c00-\u2fef\u3005-\u3007\u3021-\u3029\u3031-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff66-\uffdc"
_START += "\U00010000-\U000effff"
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\\s\u0085\u180e\u200b\u2060\ufeff"
_TEXT = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(
    rf"""(?P<space>[{_SPACE}]+|//[^\n]*|/\*.*?\*/)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<at>@[{_SPACE}]*{_TEXT})|(?P<text>{_TEXT})
    |(?P<word>\?|[{_START}][{_PART}]*)
    |(?P<mark>(?!/\*)(?:\*\*|<=|>=|!=|->|\.\.|[-+*/=<>.,:()\[\]{{}}'’]))""",
    re.VERBOSE | re.DOTALL,
)
_SPECIAL = {
    "“": '"', "”": '"', "„": '"', "‟": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": '"',
    "≥": ">=", "≤": "<=", "≧": ">=", "≦": "<=", "⩾": ">=", "⩽": "<=", "≠": "!=", "×": "*", "÷": "/",
    "−": "-", "–": "-", "—": "-", "…": "..", "‥": "..", "、": ",", "。": ".", "【": "[", "】": "]",
    "〔": "[", "〕": "]", "《": "<", "》": ">", "〈": "<", "〉": ">",
}  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text (of a text: what it says; of a fault: the words for it), its place."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenise(source: str) -> list[Token]:
    """Return the tokens of a source, a fault in it as a token of its own, the last one always the end.

    :raises FeelError: if the source is longer than MAX_LENGTH
    """
    if len(source) > MAX_LENGTH:
        raise FeelError(f"the text has {len(source)} characters, {MAX_LENGTH} at most are read", source, 0)
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            found.append(_stranger(source, position))
            if found[-1].kind == "bad":
                break
        elif match.lastgroup != "space":
            found.append(_token(match))
        position = match.end() if match else position + 1
    end = len(source)
    found.append(Token("end", "the end", end, end))
    return found


def _token(match: re.Match[str]) -> Token:
    kind, text = match.lastgroup or "bad", match[0]
    start, end = match.span()
    if kind in ("text", "at"):
        try:
            text = unescape(text[text.index('"') + 1 : -1])
        except ValueError as error:
            return Token("bad", str(error), start, end)
    return Token(kind, text, start, end)  # type: ignore[arg-type]


def _stranger(source: str, position: int) -> Token:
    """What no token begins with: a full-width character (its ASCII counterpart is known), or a fault."""
    character = source[position]
    if plain_counterpart(character) is not None:
        return Token("wide", character, position, position + 1)
    if character == '"':
        message = 'a text begins here but does not end: add the closing "'
        if re.search("[“”＂]", source[position:]):
            message += " (“ and ” do not close it: type the plain one)"
    elif source.startswith("/*", position):
        message = "a remark begins here but does not end: add */"
    else:
        name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
        message = f"the character {character!r} ({name}) has no meaning here: remove it"
    return Token("bad", message, position, position + 1)


def plain_counterpart(character: str) -> str | None:
    """Return the ASCII counterpart of a full-width or typographic character, or None."""
    if character in _SPECIAL:
        return _SPECIAL[character]
    code = ord(character)
    return chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else None


def unescape(text: str) -> str:
    r"""Return what stands between two quotes with its escapes resolved.

    Any other escaped character, as `\d` of a pattern, keeps its backslash.
    """
    paired = _ESCAPE.sub(_escaped, text)
    try:
        return paired.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ValueError(r"a \u escape is half of a character: write both halves") from None


def _escaped(match: re.Match[str]) -> str:
    if match[3] is not None:
        return _ESCAPES.get(match[3], "\\" + match[3])
    code = int(match[1] or match[2], 16)
    if code > 0x10FFFF:
        raise ValueError(f"there is no character {match[0]}")
    return chr(code)


def quote(text: str) -> str:
    """Return a text as FEEL writes it, in double quotes, control characters as escapes."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'
