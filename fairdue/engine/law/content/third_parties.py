"""Texts that somebody other than the debtor hears or reads (Australia, RG 96)."""

from __future__ import annotations

from datetime import date

from fairdue.engine.law.content.finding import Finding, Mark, marks
from fairdue.engine.law.numbers import Numbers


def revealing_finding(
    text: str, *, business_name: str, is_name_revealing: bool, on: date, numbers: Numbers
) -> Finding | None:
    """This function will find what reveals a debt to another person (AU-ID-01).

    Words of debt, or a business name that tells of debt collection; a bank's name does not.
    """
    rule = numbers.rule("AU-ID-01", on)
    found = list(marks(text, rule.words("patterns")))
    place = text.find(business_name) if is_name_revealing and business_name else -1
    if place >= 0:
        found.append(Mark(place, place + len(business_name), business_name))
    return Finding(rule=rule, marks=tuple(sorted(found, key=lambda mark: mark.start))) if found else None
