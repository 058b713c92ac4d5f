"""What a lender offers under which limits: dated, versioned, cited data from packs/offers/<code>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairdue.engine.law.numbers import Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """The terms in force on a day, with the numbers of the law already read."""

    code: str
    version: str
    jurisdiction: str
    grace_days: int
    """Days after a due date on which a payment still counts as in time."""
    tolerance_minor: int
    """What may be missing of an instalment that still counts as kept."""
    offer_days: int
    """Days for which a set of offers stands."""
    replans: int
    """How often a plan may be made anew after an instalment was missed."""
    missed_in_a_row: int
    """How many instalments missed one after another end a plan."""


def read_terms(document: Mapping[str, Any], *, on: date, numbers: Numbers) -> OfferTerms:
    """This function will read the terms in force on a day.

    :raises TermsInvalid: with every fault that was found
    """
    raise NotImplementedError


def shipped_terms(jurisdiction: str, on: date) -> OfferTerms:
    """Return the terms that this version ships for a jurisdiction and a day.

    :raises TermsMissing: if there are none
    """
    raise NotImplementedError
