"""Texts, letters and notices of US collectors under Regulation F."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.content.finding import Finding, forbidden, has_all, marks
from fairdue.engine.law.numbers import Numbers

CONVEYS_NOTHING = frozenset({
    "no_answer", "busy", "not_in_service", "dropped", "voicemail_full", "voicemail_limited_content",
})  # fmt: skip
"""Results of contacts that conveyed nothing about a debt, so that they are no communication."""

_DENIAL = re.compile(
    r"(?i)(?:\b(?:not|never|no|cannot|without)|n['’]t)\s+(?:(?!pay\b|respond\b|settle\b|reply\b)\w+\s+){0,2}$"
)
"""Words right before a threat that turn it into its denial; "if you do not pay, we may" is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Parts of a person's name as known."""

    first: str
    last: str
    middle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFields:
    """The filled-in fields of a validation notice."""

    consumer_name: str
    account_number_as_of: str
    amount_as_of: str
    itemization: tuple[str, ...]


def is_first_communication(results: Iterable[str]) -> bool:
    """Tell whether no earlier contact conveyed anything about the debt, by the results of the contacts."""
    return all(result in CONVEYS_NOTHING for result in results)


def disclosure_finding(
    text: str | None,
    *,
    is_first: bool,
    languages: Collection[str] = (),
    disclosure_languages: Collection[str] = (),
    on: date,
    numbers: Numbers,
) -> Finding | None:
    """This function will find a missing disclosure (US-ID-01).

    1. First communication: an attempt to collect a debt, and that information will be used for that purpose.
    2. Later ones: from a debt collector.
    3. In every language of the conversation. `text` None means that it was not given to be read.
    """
    rule = numbers.rule("US-ID-01", on)
    is_said = text is None or has_all(text, rule.words("initial" if is_first else "subsequent"))
    if is_said and set(languages) <= set(disclosure_languages):
        return None
    return Finding(rule=rule, missing=("initial_disclosure" if is_first else "subsequent_disclosure",))


def suit_threat_finding(
    text: str, *, limitation_expired: Sequence[date], on: date, numbers: Numbers
) -> Finding | None:
    """This function will find the threat of a suit on a debt whose limitation period has expired (US-TB-01).

    A threat that is denied ("we will not sue you") is none.
    """
    rule = numbers.rule("US-TB-01", on)
    if not any(day < on for day in limitation_expired):
        return None
    found = tuple(
        mark for mark in marks(text, rule.words("patterns")) if not _DENIAL.search(text[: mark.start])
    )
    return Finding(rule=rule, marks=found) if found else None


def opt_out_finding(text: str, *, on: date, numbers: Numbers) -> Finding | None:
    """This function will find that an e-mail or text gives no clear and simple way to opt out (US-OPT-01)."""
    rule = numbers.rule("US-OPT-01", on)
    return None if marks(text, rule.words("patterns")) else Finding(rule=rule, missing=("opt_out",))


def location_finding(text: str, *, on: date, numbers: Numbers) -> Finding | None:
    """This function will find that a location contact tells of a debt (US-LOC-01)."""
    return forbidden(text, numbers.rule("US-LOC-01", on), "patterns")


def validation_finding(
    fields: NoticeFields, *, known_name: Name | None, on: date, numbers: Numbers
) -> Finding | None:
    """This function will find what is wrong in a validation notice (US-VAL-03).

    1. One itemization date for number and amount. 2. No blank field. 3. The full name as known.
    """
    checks = {
        "itemization_date": fields.account_number_as_of == fields.amount_as_of,
        "itemization": all(field.strip() for field in fields.itemization),
        "consumer_name": known_name is None or _words(fields.consumer_name) == _full(known_name),
    }
    wrong = tuple(name for name, is_right in checks.items() if not is_right)
    return Finding(rule=numbers.rule("US-VAL-03", on), wrong=wrong) if wrong else None


def _words(name: str) -> list[str]:
    return re.sub(r"[.,]", " ", name).casefold().split()


def _full(name: Name) -> list[str]:
    return _words(" ".join((name.first, name.middle, name.last, name.suffix)))
