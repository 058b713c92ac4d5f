"""An extra night decides the book of a file that came late: once, for whom the day has not decided, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fairdue.contexts.book.facade import CreditorUnknown
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.journeys.explain_decision import explain_decision
from fairdue.journeys.nightly_cycle.inbox import BookStillPartial
from fairdue.journeys.nightly_cycle.lake import Lake
from fairdue.kernel.actor import system
from fairdue.storage.bulk import execute
from tests.journeys.nightly_cycle.conftest import NIGHT, land_file, morning_before

Night = Callable[..., decisions.CycleReport]
Rows = Callable[..., list[dict[str, Any]]]

DECIDED = """
select c.creditor_id, count(*) as persons, count(*) filter (where d.dropped = 'book_not_current') as left_out,
       count(*) filter (where d.step in ('sms', 'email', 'inapp')) as said, count(*) filter (where d.step = 'call') as calls
from decisions_decision d join decisions_cycle c on c.id = d.cycle_id where c.cycle_date = %s
group by 1 order by 1 nulls first
"""
OTHER = """
insert into book_creditor (id, code, name_zh, name_en, institution_kind, institution_group, contact_phone)
values (2, 'other', '另一家', 'Other', 'bank', 'other', '');
insert into book_account (id, creditor_id, product_id, person_id, external_ref, currency, opened_date, balance_date,
                          recorded_at)
select 100000 + id, 2, 1, id, 'X' || id, 'CNY', date '2020-01-01', date '2020-01-01', now() from parties_person
"""
TWICE = """
select person_id from decisions_decision d join decisions_cycle c on c.id = d.cycle_id
where c.cycle_date = %s and d.dropped <> 'book_not_current' group by 1 having count(*) > 1
"""


class Killed(RuntimeError):
    pass


def _killed_at(mark: str) -> Callable[[str, int, int], None]:
    def progress(stage: str, done: int, total: int) -> None:
        if f"{stage}:{done}" == mark:
            raise Killed(mark)

    return progress


def test_a_late_book_is_decided_once_after_the_night_of_its_day(
    three_nights: Callable[[int], decisions.CycleReport], night: Night, rows: Rows, tmp_path: Any
) -> None:
    with pytest.raises(CreditorUnknown):
        night(creditor_code="nobody")
    with pytest.raises(decisions.NightNotFinished):
        night(creditor_code="bench")
    assert rows("select 1 from decisions_cycle where creditor_id is not null") == []
    said = {"valid_from": NIGHT, "actor": system("test"), "now": morning_before(NIGHT)}
    cases.set_capacity(kind="calls", name="", amount=30, **said)
    three_nights(300)
    (main,) = rows(DECIDED, NIGHT)
    assert (main["said"], main["calls"]) == (0, 0)

    with pytest.raises(BookStillPartial):
        night(creditor_code="bench")
    assert rows(DECIDED, NIGHT) == [main]
    land_file(900)
    for mark in ("facts:3", "decide:1", "land:1", "report:0"):
        with pytest.raises(Killed):
            night(creditor_code="bench", progress=_killed_at(mark))
    report = night(creditor_code="bench")
    before, extra = rows(DECIDED, NIGHT)
    assert before == main
    assert (extra["creditor_id"], extra["persons"], extra["left_out"]) == (1, main["left_out"], 0)
    assert extra["said"] > 0 and extra["calls"] == 30
    assert (report.cycle.status, report.cycle.creditor_id) == ("finished", 1)
    assert sum(row.count for row in report.by_step) == extra["persons"]
    assert [card.creditor_id for card in decisions.cycles()] == [None] * 5
    assert rows(TWICE, NIGHT) == []

    messages = rows("select count(*) as n from outreach_message where cycle_date = %s", NIGHT)
    assert night(creditor_code="bench").cycle == report.cycle
    assert rows("select count(*) as n from outreach_message where cycle_date = %s", NIGHT) == messages
    (person,) = rows(
        "select d.person_id from decisions_decision d where d.cycle_id = %s limit 1", report.cycle.cycle_id
    )
    told = explain_decision(
        person_id=person["person_id"], cycle_date=NIGHT, lake=Lake(str(tmp_path / "facts"))
    )
    assert (told.decision.creditor_id, told.facts_state) == (1, "proven")

    execute(OTHER)
    other = night(creditor_code="other")
    assert sum(row.count for row in other.by_step) == 0
    assert rows(TWICE, NIGHT) == []
