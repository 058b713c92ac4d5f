"""What a remittance text may name: references of accounts, telephone numbers."""

from __future__ import annotations

import re
import unicodedata

REFERENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_./](?=[A-Za-z0-9])){4,63}")
MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
LIMIT = 40


def reference_like(text: str) -> tuple[str, ...]:
    """Return words of a text that may be a creditor's account reference: five signs or more, a digit among them.

    A word with separators comes whole and in its parts, each as written and in upper case.
    """
    words: dict[str, None] = {}
    for match in REFERENCE.finditer(unicodedata.normalize("NFKC", text)):
        for word in (match[0], *re.split(r"[-_./]", match[0])):
            if len(word) >= 5 and any(sign.isdigit() for sign in word):
                words.update({word: None, word.upper(): None})
    return tuple(words)[:LIMIT]


def mobile_numbers(text: str) -> tuple[str, ...]:
    """Return Chinese mobile numbers in a text, in international form."""
    found = MOBILE.finditer(unicodedata.normalize("NFKC", text))
    return tuple(dict.fromkeys("+86" + "".join(match.groups()) for match in found))[:LIMIT]


def normal_account(text: str) -> str:
    """Write a bank account number as it is compared: upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
