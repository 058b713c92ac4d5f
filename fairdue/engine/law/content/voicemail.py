"""Is a voicemail a limited-content message (12 CFR 1006.2(j))?

The grammar is closed: what is not a listed item makes the message more than limited. Words are judged after the
business name, telephone numbers and the names of persons, in the places where they may stand, have been taken out.
"""

from __future__ import annotations

import re
from datetime import date
from functools import partial

from fairdue.engine.law.content.finding import Mark
from fairdue.engine.law.numbers import Numbers, Rule

_PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?:,? (?:ext\.?|extension) ?\d+)?")
_NAME = r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[A-Z][a-z'’-]+(?: [A-Z]\.?(?= ))?(?: [A-Z][a-z'’-]+){0,2}"
_SAYS_NAME = re.compile(
    rf"(?P<before>(?i:\b(?:this is|it['’]s|my name is|i am|i['’]m|contact|call|reach|reply to|ask for|or|and)) )(?P<name>{_NAME})"
)
_NAME_FIRST = re.compile(rf"(?P<before>(?:^|[.,!] ))(?P<name>{_NAME})(?= calling\b)")
_GREETED = re.compile(
    rf"(?P<before>(?i:\b(?:hi|hello|dear|good (?:morning|afternoon|evening))),? )(?P<name>{_NAME})"
)
_REQUEST = re.compile(r"(?i)\b(?:contact|call|reach|reply|return)\b")
_TOKEN = re.compile(r"[^\s,;!?]+")
_TIME = re.compile(r"\d{1,2}(?::\d{2})?(?:st|nd|rd|th|am|pm)?|\d{4}")

_SAID = (
    "hi hello dear good morning afternoon evening "
    "this is it it's my name i am i'm calling from with at of on by a the to "
    "please contact call reach reply return me us back or and any our representatives representative "
    "associates associate you can may we phone telephone number"
)
_WHEN = (
    "today tomorrow until till between through before after time eastern central mountain pacific standard daylight "
    "et ct mt pt est edt cst cdt mst mdt pst pdt am pm noon o'clock weekday weekdays day "
    "monday tuesday wednesday thursday friday saturday sunday "
    "january february march april june july august september october november december"
)
_WORDS = frozenset([*_SAID.split(), *_WHEN.split()])
_PLACEHOLDERS = frozenset({"<business>", "<phone>", "<person>", "<greeted>"})


def is_limited_content(
    text: str, *, business_name: str, is_name_revealing: bool, is_for_debtor: bool, on: date, numbers: Numbers
) -> tuple[bool, Rule]:
    """This function will tell whether a voicemail is a limited-content message (US-LCM-01).

    1. It is for the consumer, and holds a business name that does not reveal debt collection, a request to
       reply, the name of one or more persons, and a telephone number.
    2. It may hold a greeting, date and time, suggested times, that representatives or associates can be
       reached; nothing else.
    """
    rule = numbers.rule("US-LCM-01", on)
    if is_name_revealing or not is_for_debtor:
        return False, rule
    reduced = _reduced(text, business_name)
    has_all = all(item in reduced for item in ("<business>", "<phone>", "<person>"))
    return has_all and bool(_REQUEST.search(reduced)) and not other_words(reduced), rule


def _reduced(text: str, business_name: str) -> str:
    """Return the message with the items that vary replaced by what they are."""
    reduced = " ".join(text.split())
    if business_name:
        name = re.escape(business_name.rstrip("."))
        reduced = re.sub(rf"(?<!\w){name}(?!\w)\.?", " <business> ", reduced)
    reduced = _PHONE.sub("<phone>", reduced)
    for pattern, word in ((_GREETED, "<greeted>"), (_NAME_FIRST, "<person>"), (_SAYS_NAME, "<person>")):
        reduced = pattern.sub(partial(_without_name, word), reduced)
    return reduced


def _without_name(word: str, hit: re.Match[str]) -> str:
    """Replace a name, unless it begins with a word that is no name ("or Monday", "call Please")."""
    if hit["name"].split()[0].casefold() in _WORDS:
        return hit.group()
    return hit["before"] + word


def other_words(reduced: str) -> tuple[Mark, ...]:
    """Return the words of a reduced message that a limited-content message may not hold."""
    return tuple(
        Mark(hit.start(), hit.end(), hit.group())
        for hit in _TOKEN.finditer(reduced)
        if not _is_listed(hit.group())
    )


def _is_listed(token: str) -> bool:
    word = token.strip('"“”().:').replace("’", "'").casefold()
    plain = word.replace(".", "")
    return not plain or word in _PLACEHOLDERS or plain in _WORDS or bool(_TIME.fullmatch(plain))
