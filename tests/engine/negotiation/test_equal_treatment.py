"""Like people with unlike offers are found; waivers are measured by the same debts, not by other ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fairdue.engine.negotiation.documents import CaseUnreadable, case_of, set_document
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.engine.negotiation.solve import solve
from fairdue.engine.negotiation.treatment import Granted, Shown, loudness, unlike_pairs, waivers_by

DAY = date(2026, 11, 22)


def offer(kind: str = "instalments", **changes: Any) -> dict[str, Any]:
    return {
        "kind": kind, "authority": "self_service", "annual_rate": "0", "total_minor": 90_000, "waived_minor": 10_000,
    } | changes  # fmt: skip


def shown(set_id: int, *offers: dict[str, Any], days_past_due: int = 40, **features: Any) -> Shown:
    debt = {
        "product": "credit_card", "currency": "CNY", "band": 3, "days_past_due": days_past_due, "plans_before": 0,
        "is_disputed": False,
    }  # fmt: skip
    return Shown(
        set_id=set_id, person_id=set_id, shown_date=DAY, terms="cn@2026.1", offers=offers or (offer(),),
        features={
            "reason": "job", "is_vulnerable": False, "has_household": True, "affordable_band": 2, "at_hand_band": 0,
            "debts": [debt],
        } | features,
    )  # fmt: skip


def test_like_people_with_like_offers_are_no_news() -> None:
    assert unlike_pairs([shown(1), shown(2), shown(3, reason="illness"), shown(4, days_past_due=95)]) == ()
    assert unlike_pairs([shown(1), shown(2, offer(), offer("settlement"), affordable_band=3)]) == ()


def test_a_pair_says_in_what_it_is_unlike_and_what_explains_it() -> None:
    planted = shown(3, offer(authority="supervisor"), offer("settlement"))
    later = shown(4, offer(waived_minor=0), days_past_due=41)
    pairs = unlike_pairs([shown(1), shown(2), planted, later])
    found = {(pair.first.set_id, pair.second.set_id): (pair.differences, pair.finer) for pair in pairs}
    assert found == {
        (4, 1): (("waived:instalments",), ("days_past_due",)),
        (2, 3): (("kind:settlement", "authority:instalments"), ()),
    }
    assert pairs[0].finer == (), "what nothing explains comes first"
    assert unlike_pairs([shown(1), replace(planted, person_id=1)]) == (), "one person may say something else"


def test_a_collector_with_hard_debts_is_not_measured_by_easy_ones_and_loudness_shows() -> None:
    def given(number: int, by: str, segment: str, waived: int, complaints: int = 0) -> Granted:
        return Granted(
            agreement_id=number, agreed_date=DAY, proposed_by=by, segment=segment, currency="CNY",
            arranged_minor=100_000, waived_minor=waived, complaints=complaints,
        )  # fmt: skip

    fair = [given(n, "wang", "old", 20_000) for n in range(5)] + [
        given(n, "li", "new", 2_000) for n in range(5)
    ]
    assert [line.stands_out for line in waivers_by(fair, lambda one: one.proposed_by)] == [False, False]
    loud = fair + [given(n, "wang", "new", 10_000, complaints=2) for n in range(5)]
    lines = {line.group: line for line in waivers_by(loud, loudness)}
    assert (lines["2+"].waived_minor, lines["2+"].expected_minor, lines["2+"].stands_out) == (
        50_000,
        30_000,
        True,
    )
    few = waivers_by(loud[:2], loudness)
    assert few[0].is_few and not few[0].stands_out and few[0].share == Fraction(1, 5)


def test_a_case_is_read_from_json_and_answered_in_json() -> None:
    document = {
        "as_of": "2026-11-22",
        "debts": [{"account_id": 1, "product": "credit_card", "components": {"principal": 120_000}}],
        "situation": {"reason": "job", "household": {"incomes": [["wages", 500_000]], "outgoings": []}},
    }  # fmt: skip
    answer = set_document(solve(case_of(document), shipped_terms("cn", DAY)))
    assert [one["key"] for one in answer["offers"]] == ["instalments-3-40000", "deferral-1-120000"]
    assert answer["offers"][0]["parts"][0]["instalments"][2] == ["2027-02-06", {"principal": 40_000}]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"debts": [{}], "as_of": "2026-11-22"},
        {"debts": [], "as_of": "soon"},
        {"debts": 5, "as_of": "2026-01-01"},
    ],
)
def test_a_case_that_cannot_be_read_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(CaseUnreadable):
        case_of(document)
