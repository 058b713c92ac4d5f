"""A night over a real database: what it decides, what it lands, and what it never does twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import psycopg
import pytest
from django.db import connection

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.operations.cycles import LOCK_KEY
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.engine.strategy.decide import decide
from fairdue.engine.strategy.table import read_strategy
from fairdue.journeys.nightly_cycle import STAGE_NAMES
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.storage.bulk import database_url

NIGHT = date(2025, 10, 15)
NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
PERSONS = 1800
MESSAGES = "select * from outreach_message order by person_id"


def counts(found: tuple[decisions.CountRow, ...]) -> dict[str, int]:
    return {row.code: row.count for row in found}


def test_every_person_is_decided_once_and_every_stage_adds_up(book, night, rows):
    report = night()
    assert tuple(stage.name for stage in report.stages) == STAGE_NAMES
    assert all(stage.in_count == stage.out_count + stage.rejected_count for stage in report.stages)
    assert report.cycle.status == "finished"
    decided = rows("select person_id, step, rows_fired from decisions_decision")
    assert len(decided) == len({row["person_id"] for row in decided}) == book == PERSONS
    assert Counter(row["rows_fired"].split(",")[0] for row in decided) == Counter(counts(report.by_row))
    assert Counter(row["step"] for row in decided) == Counter(counts(report.by_step))
    landed = {stage.name: stage for stage in report.stages}["land"]
    said = rows("select count(*) as n from outreach_message")[0]["n"]
    to_do = rows("select count(*) as n from cases_workitem")[0]["n"]
    assert landed.out_count == said + to_do > 0
    assert landed.rejected == {}


def test_the_night_keeps_the_versions_of_the_packs_that_judged(book, night, rows):
    report = night()

    assert report.cycle.pack_versions == dict(law.pack_versions())
    assert set(report.cycle.pack_versions) == {"cn", "house"}


def test_messages_are_planned_at_the_rows_hour_on_the_preferred_channel(book, night, rows):
    night()
    found = rows(
        "select m.channel, m.not_before, m.round, m.template_code, m.dedupe_key, p.preferred_channel, p.id"
        " from outreach_message m join parties_person p on p.id = m.person_id"
    )
    hours = {row["template_code"]: row["not_before"] for row in found}
    assert hours["reminder.first_overdue"] == datetime(2025, 10, 15, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
    for row in found:
        has_email = row["id"] % 3 == 0
        wanted = row["preferred_channel"] or "sms"
        assert row["channel"] == ("sms" if wanted == "email" and not has_email else wanted)
        assert row["dedupe_key"].startswith(f"reminder:{row['id']}:2025-")
        assert row["dedupe_key"].endswith(f":{row['round']}")


def test_the_same_night_again_changes_nothing(book, night, rows):
    first = night()
    messages = rows(MESSAGES)
    assert night() == first
    assert rows(MESSAGES) == messages
    assert rows("select count(*) as n from decisions_decision") == [{"n": PERSONS}]


def test_a_later_night_repeats_no_round(book, night, rows):
    night()
    before = {row["dedupe_key"] for row in rows(MESSAGES)}
    report = night(NIGHT + timedelta(days=2))
    after = rows(MESSAGES)
    assert len({(row["person_id"], row["round"], row["dedupe_key"]) for row in after}) == len(after)
    new = [row for row in after if row["dedupe_key"] not in before]
    assert {row["template_code"] for row in new} == {"reminder.pre_due", "reminder.first_overdue"}
    assert counts(report.by_row)["m1-wait"] > 0
    assert {stage.name: stage for stage in report.stages}["land"].rejected == {}


def test_the_second_round_comes_three_days_later_at_another_hour(book, night, rows):
    night()
    night(NIGHT + timedelta(days=2))
    assert rows("select count(*) as n from outreach_message where round = 2") == [{"n": 0}]
    night(NIGHT + timedelta(days=3))
    second = rows("select distinct not_before, template_code from outreach_message where round = 2")
    assert second == [
        {
            "not_before": datetime(2025, 10, 18, 7, 30, tzinfo=UTC),
            "template_code": "reminder.second_round",
        }
    ]


def test_a_reminder_that_was_refused_when_it_was_to_be_sent_is_planned_anew(book, night, rows):
    night()
    with connection.cursor() as cursor:
        cursor.execute("update outreach_message set status = 'failed' where round = 1")
        failed = cursor.rowcount
    night(NIGHT + timedelta(days=1))
    again = rows("select dedupe_key from outreach_message where round = 1 and cycle_date = '2025-10-16'")
    marked = [row for row in again if row["dedupe_key"].endswith(":1:2025-10-16")]
    assert 0 < len(marked) <= failed


def test_a_hold_and_an_opt_out_are_obeyed_and_the_reason_is_kept(book, night, rows):
    reminded = rows(
        "select s.person_id from ledger_accountstate s where s.oldest_unpaid_due_date between %s and %s"
        " order by 1 limit 3",
        date(2025, 9, 20),
        date(2025, 10, 10),
    )
    held, opted_out, other = (row["person_id"] for row in reminded)
    officer = system("test")
    law.place_hold(person_id=held, kind="dispute", reason="disputes the amount", actor=officer, now=NOW)
    parties.record_consent(
        person_id=opted_out, kind="opt_out", channel="", contact_point_id=None, source="portal", detail={},
        actor=officer, occurred_at=NOW - timedelta(days=1), now=NOW,
    )  # fmt: skip
    report = night()
    on_hold, stopped, free = (decisions.latest_decision(person) for person in (held, opted_out, other))
    assert on_hold and stopped and free
    assert (on_hold.row_ids[0], on_hold.step, on_hold.outcome) == ("hold-none", "none", "none")
    assert (stopped.row_ids[0], stopped.step) == ("m1-first-reminder", "none")
    assert stopped.outcome in ("refuse", "hold", "review")
    assert stopped.reasons
    assert (free.step, free.outcome) == ("sms", "allow") or free.step in ("email", "inapp")
    assert sum({stage.name: stage for stage in report.stages}["gate"].rejected.values()) == 1
    people = [row["person_id"] for row in rows(MESSAGES)]
    assert held not in people and opted_out not in people


def test_a_person_whose_messages_fill_the_cap_is_not_written_to(book, night, rows):
    person = rows(
        "select person_id from ledger_accountstate where oldest_unpaid_due_date = %s limit 1",
        date(2025, 10, 10),
    )[0]["person_id"]
    for minutes in range(30):
        law.record_contact(
            person_id=person, channel="sms", result="delivered", made_by="agency-x", actor=system("test"),
            occurred_at=NOW - timedelta(minutes=minutes), now=NOW,
        )  # fmt: skip
    night()
    decision = decisions.latest_decision(person)
    assert decision is not None
    assert (decision.step, decision.outcome) == ("none", "defer")
    assert decision.reasons


def test_a_decision_is_recomputed_from_the_facts_on_disk(book, night, rows, tmp_path):
    night()
    facts = pl.read_parquet(tmp_path / "facts/date=2025-10-15/part=00/persons.parquet")
    strategy = read_strategy(decisions.published_strategy("reminders-cn").content)
    fired = pl.col("rows_fired").list.join(",")
    again = decide(facts, strategy).select("person_id", fired).rows()
    stored = rows("select person_id, rows_fired from decisions_decision order by person_id")
    assert sorted(again) == [(row["person_id"], row["rows_fired"]) for row in stored]


def test_equal_facts_have_an_equal_digest_and_other_facts_another(book, night, rows, tmp_path):
    night()
    strategy = read_strategy(decisions.published_strategy("reminders-cn").content)
    facts = pl.read_parquet(tmp_path / "facts/date=2025-10-15/part=00/persons.parquet").select(
        "person_id", *strategy.inputs
    )
    stored = pl.DataFrame(rows("select person_id, facts_digest from decisions_decision"))
    joined = facts.join(stored, on="person_id")
    distinct = joined.select(*strategy.inputs).n_unique()
    assert joined["facts_digest"].n_unique() == distinct
    assert joined.select(*strategy.inputs, "facts_digest").n_unique() == distinct


def test_a_date_before_the_latest_finished_night_is_refused(book, night, rows):
    night()
    with pytest.raises(decisions.CycleIsOutdated):
        night(NIGHT - timedelta(days=1))
    assert len(decisions.cycles()) == 1


def test_a_second_night_at_the_same_time_is_refused(book, night, rows):
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
        with pytest.raises(decisions.CycleIsRunning):
            night()
    assert decisions.cycles() == ()
    assert rows(MESSAGES) == []


def test_only_who_may_run_the_night_runs_it(book, tmp_path):
    from fairdue.journeys.nightly_cycle import run_cycle

    collector = Actor(kind="staff", label="c", role="collector", permissions=frozenset({"cases.work"}))
    with pytest.raises(PermissionRefused):
        run_cycle(cycle_date=NIGHT, actor=collector, now=NOW, var_dir=tmp_path)
    assert decisions.cycles() == ()


def test_work_is_queued_by_bucket_with_the_high_amounts_first(book, night, rows):
    night()
    items = rows("select * from cases_workitem order by queue, rank")
    assert {(row["queue"], row["kind"]) for row in items} == {
        ("m2", "call"),
        ("m3", "call"),
        ("m4-m6", "call"),
        ("review", "review"),
    }
    m2 = [row["overdue_minor"] for row in items if row["queue"] == "m2"]
    assert m2 == sorted(m2, reverse=True)
    assert len({row["rank"] for row in items if row["queue"] == "m2"}) == len(m2)


def test_an_uncertain_calendar_is_said_aloud(book, night):
    report = night(date(2027, 10, 15))
    assert report.warnings == ("cycle.calendar.uncertain",)


def test_progress_is_told_stage_by_stage(book, night):
    told: list[tuple[str, int, int]] = []
    night(progress=lambda stage, done, total: told.append((stage, done, total)))
    assert [stage for stage, done, _ in told if done == 0] == list(STAGE_NAMES)
    assert all(done <= total for _, done, total in told)


def test_a_refused_file_is_counted_and_said_aloud_and_a_rerun_counts_it_again(book, night, tmp_path: Path):
    inbox = tmp_path / "inbox/bench"
    inbox.mkdir(parents=True)
    (inbox / "parties-2025.csv").write_text("nonsense\n1\n", "utf-8")
    (inbox / "notes.txt").write_text("not for us", "utf-8")
    report = night()
    stage = report.stages[0]
    assert (stage.in_count, stage.out_count, stage.rejected) == (1, 0, {"cycle.import.refused": 1})
    assert report.warnings == ("cycle.import.refused",)
    assert [path.name for path in inbox.iterdir()] == ["notes.txt"]
    assert (tmp_path / "inbox/taken/2025-10-15/bench/parties-2025.csv").exists()


def _reminded(rows, count: int) -> list[int]:
    found = rows(
        "select person_id from ledger_accountstate where oldest_unpaid_due_date between %s and %s order by 1",
        date(2025, 9, 20),
        date(2025, 10, 10),
    )
    return [row["person_id"] for row in found][:count]


def test_agreed_hours_move_a_message_to_the_same_afternoon(book, night, rows):
    (person,) = _reminded(rows, 1)
    parties.record_consent(
        person_id=person, kind="agreed_hours", channel="", contact_point_id=None, source="call",
        detail={"from": "14:00", "to": "16:00"}, actor=system("test"), occurred_at=NOW, now=NOW,
    )  # fmt: skip
    report = night()
    decision = decisions.latest_decision(person)
    assert decision is not None
    assert (decision.step, decision.outcome) != ("none", "defer")
    assert decision.planned_for == datetime(2025, 10, 15, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
    assert decision.reasons
    assert {stage.name: stage for stage in report.stages}["gate"].detail["moved"] == 1


def test_agreed_hours_that_are_over_for_the_day_leave_the_message_to_a_later_night(book, night, rows):
    (person,) = _reminded(rows, 1)
    parties.record_consent(
        person_id=person, kind="agreed_hours", channel="", contact_point_id=None, source="call",
        detail={"from": "08:30", "to": "09:30"}, actor=system("test"), occurred_at=NOW, now=NOW,
    )  # fmt: skip
    night()
    decision = decisions.latest_decision(person)
    assert decision is not None
    assert (decision.step, decision.outcome, decision.planned_for) == ("none", "defer", None)
    assert rows("select 1 from outreach_message where person_id = %s", person) == []


def test_the_hour_is_the_persons_own(book, night, rows):
    (person,) = _reminded(rows, 1)
    with connection.cursor() as cursor:
        cursor.execute("update parties_person set home_zone = 'Asia/Urumqi' where id = %s", [person])
    night()
    decision = decisions.latest_decision(person)
    assert decision is not None
    assert decision.planned_for == datetime(2025, 10, 15, 4, 0, tzinfo=UTC)  # 10:00 in Urumqi


def test_a_template_that_nobody_approved_is_not_planned(book, night, rows):
    with connection.cursor() as cursor:
        cursor.execute(
            "update outreach_template set retired_at = now() where code = 'reminder.first_overdue'"
        )
    report = night()
    assert {stage.name: stage for stage in report.stages}["gate"].rejected["cycle.way.none"] > 0
    assert rows("select 1 from outreach_message where template_code = 'reminder.first_overdue'") == []
