"""Terms of offers: read on a day, refused with every fault, and the law's number of months behind them."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.negotiation.reading import (
    TermsInvalid,
    TermsMissing,
    load_documents,
    read_terms,
    shipped_terms,
    terms_faults,
)

TODAY = date(2026, 11, 22)


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(load_documents()["cn"])


def test_the_shipped_terms_are_fit_and_take_the_longest_term_from_the_law() -> None:
    for each in load_documents().values():
        assert terms_faults(each, shipped_numbers()) == []
    terms = shipped_terms("cn", TODAY)
    assert (terms.cap("credit_card").months, terms.cap("credit_card").basis) == (60, "CN-PLAN-02")
    assert terms.cap("consumer_loan").months_long_term_need == 84
    assert (terms.cap("pawn").months, terms.cap("pawn").basis) == (36, "house")
    assert terms.order("credit_card", 90)[0] == "enforcement_cost"
    assert terms.order("credit_card", 91)[0] == "principal"
    assert shipped_terms("uk", TODAY).code == "general"
    assert terms.floor(200)["committee"] == Fraction("0.40")


def test_a_day_has_the_version_of_its_own(document: dict[str, Any]) -> None:
    later = copy.deepcopy(document["versions"][0]) | {"version": "2027.1", "effective_from": "2027-01-01"}
    document["versions"][0]["effective_to"] = "2026-12-31"
    document["versions"].append(later)
    assert read_terms(document, on=date(2026, 12, 31)).version == "2026.1"
    assert read_terms(document, on=date(2027, 1, 1)).version == "2027.1"
    with pytest.raises(TermsMissing):
        read_terms(document, on=date(2025, 12, 31))
    later["effective_from"] = "2027-01-02"
    assert terms_faults(document, shipped_numbers()) == [
        "versions: 2027.1 does not begin on the day after 2026.1 ends"
    ]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("term_caps", 0, "rule"), "CN-PLAN-99", "rule CN-PLAN-99 is not known"),
        (("term_caps", 2, "products"), ["boat"], "no line covers every product"),
        (("affordability", "share"), "0.95", "do not rise"),
        (("affordability", "share"), 0.5, "0.5 is not of type 'string'"),
        (
            ("present_value", "floors", 0, "collector"),
            "0.99",
            "collector has a higher floor than self_service",
        ),
        (("present_value", "plan_rates"), ["0.03", "0"], "plan_rates do not rise"),
        (("authority", "collector", "months"), 12, "collector may do less than self_service: months"),
        (("authority", "collector"), {"arranged_minor": 1}, "arranged_minor"),
        (("settlement", "bands", 0, "from_days_past_due"), 999, "bands do not rise"),
        (("surprise",), 1, "Additional properties"),
    ],
)
def test_terms_that_are_not_fit_say_why(
    document: dict[str, Any], path: tuple[Any, ...], value: Any, fault: str
) -> None:
    place: Any = document["versions"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert fault in "; ".join(terms_faults(document, shipped_numbers()))
    with pytest.raises(TermsInvalid):
        read_terms(document, on=TODAY)
