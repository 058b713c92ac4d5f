"""Repayment codes 还款码: fifteen digits, the last two of which check the others (ISO 7064 MOD 97-10).

1. Digits only: they survive every bank's character set, are read out in any language and typed on any phone.
2. Thirteen digits are drawn at random, the first not zero: nobody can derive one account's code from another's.
3. MOD 97-10 finds every wrong digit and every swap of two neighbours; what is one slip away from a code is
   a hint for a person, never a match.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from stdnum.iso7064 import mod_97_10

BODY, LENGTH = 13, 15
GROUP = 5
TOKEN = re.compile(r"\d+")
BETWEEN = re.compile(r"[ \-._/·]{1,2}")


def draw_code(below: Callable[[int], int]) -> str:
    """Return a fresh code; `below(n)` draws a number from 0 to n-1, such as `secrets.randbelow`."""
    body = str(10 ** (BODY - 1) + below(9 * 10 ** (BODY - 1)))
    return body + mod_97_10.calc_check_digits(body)


def is_code(text: str) -> bool:
    """Tell whether a text has the form of a code and its check digits agree."""
    return len(text) == LENGTH and text.isascii() and text.isdigit() and mod_97_10.is_valid(text)


def spoken(code: str) -> str:
    """Return a code in groups of five, as it is printed and read out."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def plain(text: str) -> str:
    """Return a typed code without spaces and hyphens, wide digits made plain."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit())


def codes_in(text: str) -> tuple[str, ...]:
    """Return the codes that stand in a text, in any grouping, in order and once each."""
    return tuple(dict.fromkeys(run for run in _runs(text) if is_code(run)))


def near_codes(text: str) -> tuple[str, ...]:
    """Return codes one slip away from a number in a text: a wrong, swapped, missing or extra digit."""
    found: dict[str, None] = {}
    for run in _runs(text):
        if not is_code(run):
            found.update(dict.fromkeys(code for code in _slips(run) if is_code(code) and code[0] != "0"))
    return tuple(found)


def _runs(text: str) -> Iterator[str]:
    """Yield numbers of 14 to 16 digits, also when written in groups."""
    text = unicodedata.normalize("NFKC", text)
    tokens = [match for match in TOKEN.finditer(text) if match[0].isascii()]
    for first, start in enumerate(tokens):
        run, end = start[0], start.end()
        if LENGTH - 1 <= len(run) <= LENGTH + 1:
            yield run
        for token in tokens[first + 1 :]:
            if not BETWEEN.fullmatch(text[end : token.start()]) or len(run) + len(token[0]) > LENGTH + 1:
                break
            run, end = run + token[0], token.end()
            if len(run) >= LENGTH - 1:
                yield run


def _slips(run: str) -> Iterator[str]:
    places = range(len(run))
    if len(run) == LENGTH:
        yield from (run[:at] + digit + run[at + 1 :] for at in places for digit in "0123456789")
        yield from (run[:at] + run[at + 1] + run[at] + run[at + 2 :] for at in places[:-1])
    elif len(run) == LENGTH - 1:
        yield from (run[:at] + digit + run[at:] for at in range(len(run) + 1) for digit in "0123456789")
    else:
        yield from (run[:at] + run[at + 1 :] for at in places)
