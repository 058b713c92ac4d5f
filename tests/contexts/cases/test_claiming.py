"""Taking the next case: it becomes the collector's own, and two who ask at once get two cases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from case_world import NOW, World
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case
from fairdue.contexts.identity.models import Team
from fairdue.kernel.actor import PermissionRefused


@pytest.mark.django_db
def test_who_opens_the_next_case_has_it_and_the_log_says_so() -> None:
    world = World.build()
    actor, colleague = world.staff("collector"), world.staff("collector")
    first, second = world.person(), world.person()
    world.work(first, second)
    item = cases.next_case(actor=actor, now=NOW)
    assert item is not None and item.person_id == first.pk
    case = Case.objects.get(person_id=first.pk)
    assert (case.assigned_to_id, case.team_id) == (actor.id, actor.team_id)
    (event,) = audit.events(code="cases.case.assigned")
    assert (event.subject_id, event.before, event.after) == (
        str(case.pk),
        {"assigned_to": None, "team": None},
        {"assigned_to": actor.id, "team": actor.team_id},
    )
    again = cases.next_case(actor=actor, now=NOW)
    assert again is not None and again.person_id == first.pk
    other = cases.next_case(actor=colleague, now=NOW)
    assert other is not None and other.person_id == second.pk
    assert len(audit.events(code="cases.case.assigned")) == 2


@pytest.mark.django_db
def test_a_case_placed_with_another_team_is_not_taken() -> None:
    world = World.build()
    agency, collector = world.staff("agency"), world.staff("collector")
    person = world.person()
    world.work(person)
    Case.objects.update(team_id=Team.objects.get(pk=agency.team_id).pk)
    assert cases.next_case(actor=collector, now=NOW) is None
    taken = cases.next_case(actor=agency, now=NOW)
    assert taken is not None and taken.person_id == person.pk
    assert Case.objects.get().assigned_to_id == agency.id


@pytest.mark.django_db
def test_who_only_looks_at_cases_takes_none() -> None:
    world = World.build()
    world.work(world.person())
    with pytest.raises(PermissionRefused):
        cases.next_case(actor=world.staff("compliance"), now=NOW)
    assert Case.objects.get().assigned_to_id is None


@pytest.mark.django_db(transaction=True)
def test_collectors_who_ask_at_once_get_different_cases() -> None:
    world = World.build()
    collectors = [world.staff("collector") for _ in range(2)]
    world.work(*[world.person() for _ in range(6)])
    barrier = Barrier(2)

    def take(actor):
        try:
            barrier.wait(20)
            return cases.next_case(actor=actor, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            got = [item.case_id for item in pool.map(take, collectors) if item is not None]
            assert len(set(got)) == 2, got
            Case.objects.filter(pk__in=got).update(status="closed", closed_at=NOW)
    assert len(audit.events(code="cases.case.assigned")) == 6


@pytest.mark.django_db
def test_the_workload_counts_what_nobody_has_and_what_each_one_has(django_assert_num_queries) -> None:
    world = World.build()
    supervisor, busy, idle = world.staff("supervisor"), world.staff("collector"), world.staff("collector")
    persons = [world.person() for _ in range(4)]
    world.work(*persons)
    world.case(world.person(), "south")
    Case.objects.filter(person_id__in=[persons[0].pk, persons[1].pk]).update(assigned_to_id=busy.id)
    with django_assert_num_queries(1):
        found = cases.workload(actor=supervisor, staff_ids=[idle.id, busy.id])
    assert (found.unassigned_count, found.unassigned_count_is_capped) == (2, False)
    assert (found.others_count, found.others_count_is_capped) == (0, False)
    assert cases.workload(actor=supervisor, staff_ids=[idle.id]).others_count == 2
    assert [(load.staff_id, load.case_count) for load in found.collectors] == [(idle.id, 0), (busy.id, 2)]
    with pytest.raises(PermissionRefused):
        cases.workload(actor=busy, staff_ids=[])
