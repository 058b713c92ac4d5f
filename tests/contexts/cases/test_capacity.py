"""Capacity: lines that are never changed, the newest counts, within scope; who waits is counted once a night."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from case_world import NOW, TODAY, World
from django.db import DatabaseError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Capacity
from fairdue.kernel.actor import PermissionRefused, system

pytestmark = pytest.mark.django_db
SYSTEM = system("test")
MONDAY, TUESDAY, SATURDAY = TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=5)


def set_line(actor=SYSTEM, **said):
    values = {"kind": "calls", "name": "m1", "amount": 40, "valid_from": TODAY, "actor": actor, "now": NOW}
    return cases.set_capacity(**{**values, **said})


def on(day: date) -> dict[str, int]:
    return {each.code: each.amount for each in cases.capacity_on(day)}


class TestLines:
    def test_without_a_line_nothing_is_scarce(self):
        assert cases.capacity_on(TODAY) == ()

    def test_the_line_that_began_latest_counts_and_an_older_one_again_when_it_is_over(self):
        set_line(amount=40)
        set_line(amount=10, valid_from=TUESDAY, valid_until=TUESDAY)
        assert [on(day)["calls:m1"] for day in (MONDAY, TUESDAY, SATURDAY)] == [40, 10, 40]
        assert on(TODAY - timedelta(days=1)) == {}

    def test_of_two_lines_from_the_same_day_the_one_recorded_later_counts(self):
        set_line(amount=40)
        set_line(amount=50)
        assert on(TODAY) == {"calls:m1": 50}

    def test_a_line_without_amount_lifts_the_limit(self):
        set_line(amount=0)
        set_line(amount=None, valid_from=TUESDAY)
        assert (on(MONDAY), on(TUESDAY)) == ({"calls:m1": 0}, {})

    def test_a_line_counts_on_its_days_of_the_week_only(self):
        set_line(amount=40)
        set_line(amount=5, weekdays=[6, 7])
        assert (on(MONDAY)["calls:m1"], on(SATURDAY)["calls:m1"]) == (40, 5)

    def test_hours_creditors_and_channels_are_things_of_their_own(self):
        world = World.build()
        north = world.creditors["north"].pk
        set_line(hour=10, amount=7)
        set_line(kind="messages", name="sms", amount=900, creditor_id=north)
        set_line(kind="letters", name="", amount=3)
        assert on(TODAY) == {"calls:m1@10": 7, "letters:": 3, f"messages:sms#{north}": 900}

    def test_what_is_set_is_in_the_audit_record_and_the_database_lets_nobody_change_it(self):
        line = set_line(note="two on leave")
        (event,) = audit.events(subject_type="capacity", subject_id=line.capacity_id)
        assert (event.code, event.after["amount"]) == ("cases.capacity.set", 40)
        with pytest.raises(DatabaseError), transaction.atomic():
            Capacity.objects.update(amount=1)
        assert on(TODAY) == {"calls:m1": 40}

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"kind": "parties"}, "kind"),
            ({"kind": "messages", "name": ""}, "name_missing"),
            ({"kind": "messages", "name": "pigeon"}, "channel"),
            ({"kind": "visits", "name": "east"}, "name_unknown"),
            ({"name": "q" * 41}, "name_long"),
            ({"hour": 24}, "hour"),
            ({"kind": "messages", "name": "sms", "hour": 9}, "hour"),
            ({"weekdays": []}, "weekdays"),
            ({"weekdays": [8]}, "weekdays"),
            ({"amount": -1}, "amount"),
            ({"valid_until": TODAY - timedelta(days=1)}, "days"),
        ],
    )
    def test_what_is_no_capacity_is_refused_and_nothing_is_set(self, said, code):
        with pytest.raises(cases.CapacityRefused) as refusal:
            set_line(**said)
        assert refusal.value.code == f"cases.capacity.{code}"
        assert Capacity.objects.count() == 0


class TestWhoMay:
    def test_a_supervisor_sets_for_creditors_in_scope_and_for_all_only_who_sees_all(self):
        world = World.build()
        some, every = world.staff("supervisor"), world.staff("supervisor", creditors=("north", "south"))
        set_line(some, creditor_id=world.creditors["north"].pk)
        set_line(every)
        for creditor_id in (None, world.creditors["south"].pk):
            with pytest.raises(cases.CapacityRefused) as refusal:
                set_line(some, creditor_id=creditor_id)
            assert refusal.value.code == "cases.capacity.scope"
        assert Capacity.objects.count() == 2

    def test_people_do_not_change_the_past(self):
        world = World.build()
        with pytest.raises(cases.CapacityRefused) as refusal:
            set_line(
                world.staff("supervisor", creditors=("north", "south")), valid_from=TODAY - timedelta(days=1)
            )
        assert refusal.value.code == "cases.capacity.past"

    @pytest.mark.parametrize("role", ["collector", "agency", "strategist", "risk"])
    def test_nobody_else_sets(self, role):
        world = World.build()
        with pytest.raises(PermissionRefused):
            set_line(world.staff(role))
        assert Capacity.objects.count() == 0

    def test_the_list_says_of_every_line_whether_it_counts(self):
        world = World.build()
        set_line(amount=40)
        set_line(amount=50)
        set_line(amount=10, valid_from=TUESDAY)
        set_line(amount=5, weekdays=[7])
        set_line(name="m2", creditor_id=world.creditors["south"].pk)
        actor = world.staff("supervisor")
        listed = [(card.amount, card.state) for card in cases.capacities(actor=actor, on=TODAY)]
        assert listed == [(10, "later"), (5, "other_day"), (50, "counts")]
        every = cases.capacities(actor=actor, on=TODAY, with_past=True)
        assert [card.state for card in every] == ["later", "other_day", "counts", "replaced"]


def persons(*ids: int) -> pl.DataFrame:
    return pl.DataFrame({"person_id": ids}, schema={"person_id": pl.Int64})


class TestWaiting:
    def test_nights_add_up_until_the_person_is_contacted(self):
        cases.land_waiting(persons(1, 2), persons(), cycle_date=TODAY)
        cases.land_waiting(persons(1), persons(2), cycle_date=TUESDAY)
        assert cases.waiting_before(TUESDAY + timedelta(days=1)).rows() == [(1, 2)]
        assert cases.waiting_before(TUESDAY).rows() == []

    def test_the_same_night_again_counts_nobody_twice(self):
        for _again in range(2):
            assert cases.land_waiting(persons(1), persons(), cycle_date=TODAY) == 1
        assert cases.waiting_before(TUESDAY).rows() == [(1, 1)]

    def test_who_waited_long_ago_begins_anew(self):
        cases.land_waiting(persons(1), persons(), cycle_date=TODAY)
        assert cases.waiting_before(TODAY + timedelta(days=31)).rows() == []
        cases.land_waiting(persons(1), persons(), cycle_date=TODAY + timedelta(days=31))
        assert cases.waiting_before(TODAY + timedelta(days=32)).rows() == [(1, 1)]


class TestCollectors:
    def test_a_profile_says_what_a_collector_takes_and_an_absence_when_not(self):
        world = World.build()
        supervisor = world.staff("supervisor", creditors=("north", "south"))
        collector = world.staff("collector")
        said = {"staff_id": collector.id, "queues": ["m2", "m1", "m1"], "languages": ["zh"], "max_cases": 80}
        cases.set_collector(**said, max_hard_cases=5, actor=SYSTEM, now=NOW)
        absence = cases.record_absence(
            staff_id=collector.id, first_date=TUESDAY, final_date=TUESDAY, actor=SYSTEM, now=NOW
        )
        today, tuesday = (cases.collectors_on(day)[0] for day in (TODAY, TUESDAY))
        assert (today.queues, today.languages, today.max_cases, today.max_hard_cases) == (
            ("m1", "m2"),
            ("zh",),
            80,
            5,
        )
        assert (today.is_absent, tuesday.is_absent, tuesday.absent_until_date) == (False, True, TUESDAY)
        cases.cancel_absence(absence_id=absence, actor=SYSTEM, now=NOW)
        assert not cases.collectors_on(TUESDAY)[0].is_absent
        with pytest.raises(cases.CollectorRefused) as refusal:
            cases.set_collector(**said, actor=supervisor, now=NOW)
        assert refusal.value.code == "cases.collector.unknown"

    @pytest.mark.parametrize(
        ("said", "code"),
        [({"max_cases": -1}, "limit"), ({"hours": (18, 9)}, "hours"), ({"weekdays": [9]}, "hours"), ({"queues": ["q" * 41]}, "words")],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, said, code):
        collector = World.build().staff("collector")
        with pytest.raises(cases.CollectorRefused) as refusal:
            cases.set_collector(**{"staff_id": collector.id, "queues": ["m1"], **said}, actor=SYSTEM, now=NOW)
        assert refusal.value.code == f"cases.collector.{code}"
        assert cases.collectors_on(TODAY) == ()
