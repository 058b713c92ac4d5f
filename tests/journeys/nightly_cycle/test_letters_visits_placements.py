"""Letters, visits and placements with agencies: strategies ask for them, capacity and quotas bind, people do them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.actor import system

NIGHT = date(2025, 10, 15)
NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
SYSTEM = system("test")
ADDRESSES = """
insert into parties_contactpoint (person_id, medium, value_sealed, value_masked, value_hash, recorded_at)
select id, 'address', '\\x00', '上海市***', decode(md5('address' || id), 'hex'), now() from parties_person where id %% 3 > 0
"""


def row(row_id: str, when: dict[str, object], **then: object) -> dict[str, object]:
    return {
        "id": row_id,
        "title": {"zh": row_id, "en": row_id},
        "when": when,
        "then": {"step": "none", **then},
    }


STRATEGY = {
    "code": "late-stages",
    "version": "1",
    "title": {"zh": "后期", "en": "Late stages"},
    "hit_policy": "FIRST",
    "inputs": [
        {"name": "days_past_due", "type": "integer"},
        {"name": "is_deceased", "type": "boolean"},
        {"name": "is_on_hold", "type": "boolean"},
    ],
    "outputs": [
        {"name": "step", "type": "text", "allowed": ["none", "letter", "visit", "place"]},
        {"name": "kind", "type": "text", "default": ""},
        {"name": "queue", "type": "text", "default": ""},
        {"name": "agency", "type": "text", "default": ""},
        {"name": "purpose", "type": "text", "default": "collect"},
        {"name": "rank", "type": "integer", "default": 50},
    ],
    "rows": [
        row("dead", {"is_deceased": True}),
        row("held", {"is_on_hold": True}),
        row("current", {"days_past_due": "<= 0"}),
        row("write", {"days_past_due": "[1..30]"}, step="letter", kind="letter", queue="letters"),
        row("see", {"days_past_due": "[31..90]"}, step="visit", kind="visit", queue="field"),
        row("give", {}, step="place", kind="place", queue="placement", agency="north"),
    ],
}


@pytest.fixture
def late_stages(book):
    decisions.load_strategy(document=STRATEGY, actor=SYSTEM, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, [])


def limit(kind: str, amount: int, name: str = "") -> None:
    cases.set_capacity(kind=kind, name=name, amount=amount, valid_from=NIGHT, actor=SYSTEM, now=NOW)


def items(rows) -> dict[str, int]:
    return Counter(each["kind"] for each in rows("select kind from cases_workitem where status = 'open'"))


def test_letters_and_visits_go_to_who_has_an_address_and_may_be_written_to_or_seen(late_stages, night, rows):
    report = night(strategy_code="late-stages")
    wanted = {line.code: line.count for line in report.by_step}
    assert wanted["letter"] > 20 and wanted["visit"] > 10 and wanted["place"] > 10
    assert items(rows) == {kind: wanted[kind] for kind in ("letter", "visit", "place")}
    done = rows(
        "select d.channel, d.reasons, p.medium from decisions_decision d"
        " left join parties_contactpoint p on p.person_id = d.person_id and p.medium = 'address'"
        " where rows_fired in ('write', 'see')"
    )
    without = [each for each in done if each["medium"] is None]
    assert {each["reasons"] for each in without} == {"cycle.way.none"}
    assert {each["channel"] for each in done if each["medium"]} == {"letter", "visit"}


def test_letters_visits_and_quotas_of_agencies_bind_and_the_report_says_how(late_stages, night, rows):
    limit("letters", 9)
    limit("visits", 4)
    limit("placements", 6, "north")
    report = night(strategy_code="late-stages")
    assert items(rows) == {"letter": 9, "visit": 4, "place": 6}
    stage = {each.name: each for each in report.stages}["capacity"]
    lines = {line["kind"]: line for line in stage.detail["capacities"]}
    assert {kind: line["used"] for kind, line in lines.items()} == {
        "letters": 9,
        "visits": 4,
        "placements": 6,
    }
    assert lines["placements"]["wanted"] > 6
    waiting = rows(
        "select step, dropped, count(*) n from decisions_decision where rows_fired = 'give' group by 1, 2 order by 1"
    )
    assert [(each["step"], each["dropped"]) for each in waiting] == [("none", "capacity"), ("place", "")]
    assert sum(each["n"] for each in waiting) == lines["placements"]["wanted"]
    assert stage.in_count == stage.out_count + sum(stage.rejected.values())


def test_the_first_in_rank_are_proposed_to_the_agency(late_stages, night, rows):
    limit("placements", 6, "north")
    night(strategy_code="late-stages")
    ranked = rows(
        "select person_id, step, rank from decisions_decision where rows_fired = 'give' order by rank"
    )
    assert [each["step"] for each in ranked[:6]] == ["place"] * 6
    assert {each["step"] for each in ranked[6:]} == {"none"}
