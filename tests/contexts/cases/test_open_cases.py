"""One open case a person, also when two ask at once; the night lands in sets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import polars as pl
import pytest
from case_world import NOW, TODAY, World
from django.db import connection

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, WorkItem


@pytest.mark.django_db
def test_a_second_debt_widens_the_open_case() -> None:
    world = World.build()
    person = world.person()
    first = world.case(person, "north")
    second = world.case(person, "south")
    assert first == second
    assert Case.objects.get().creditor_ids == sorted(creditor.pk for creditor in world.creditors.values())


@pytest.mark.django_db(transaction=True)
def test_eight_who_open_a_case_at_once_get_the_same_one() -> None:
    world = World.build()
    person = world.person()

    def open_it(_: int) -> int:
        try:
            return world.case(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(open_it, range(8)))
    assert len(ids) == 1
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_the_same_night_lands_once() -> None:
    world = World.build()
    persons = [world.person() for _ in range(3)]
    assert world.work(*persons) == 3
    assert world.work(*persons) == 0
    assert WorkItem.objects.filter(status="open").count() == 3
    assert Case.objects.count() == 3


@pytest.mark.django_db
def test_a_later_night_supersedes_the_open_items_of_the_same_kind() -> None:
    world = World.build()
    stays, returns = world.person(), world.person()
    world.work(stays, returns, cycle_date=TODAY - timedelta(days=1))
    assert world.work(returns) == 1
    statuses = WorkItem.objects.order_by("id").values_list("person_id", "cycle_date", "status")
    assert list(statuses) == [
        (stays.pk, TODAY - timedelta(days=1), "open"),
        (returns.pk, TODAY - timedelta(days=1), "superseded"),
        (returns.pk, TODAY, "open"),
    ]
    assert cases.retire_work_items(cycle_date=TODAY, now=NOW) == 1
    assert WorkItem.objects.get(person_id=stays.pk).status == "superseded"


@pytest.mark.django_db
def test_superseded_items_are_forgotten_after_a_week_and_done_ones_are_not() -> None:
    world = World.build()
    old, done, recent = (world.person() for _ in range(3))
    world.work(old, done, cycle_date=TODAY - timedelta(days=8))
    world.work(recent, cycle_date=TODAY - timedelta(days=7))
    WorkItem.objects.update(status="superseded")
    WorkItem.objects.filter(person_id=done.pk).update(status="done")
    cases.retire_work_items(cycle_date=TODAY, now=NOW)
    assert set(WorkItem.objects.values_list("person_id", flat=True)) == {done.pk, recent.pk}


@pytest.mark.django_db
def test_a_callback_outlives_the_night() -> None:
    world = World.build()
    world.work(world.person(), cycle_date=TODAY - timedelta(days=1), kind="callback")
    assert cases.retire_work_items(cycle_date=TODAY, now=NOW) == 0


@pytest.mark.django_db
def test_an_item_that_was_done_is_not_landed_again() -> None:
    world = World.build()
    person = world.person()
    world.work(person)
    WorkItem.objects.update(status="done")
    assert world.work(person) == 0
    assert WorkItem.objects.get().status == "done"


@pytest.mark.django_db
def test_a_frame_without_a_column_lands_nothing() -> None:
    with pytest.raises(cases.LandingRefused, match="creditor_ids"):
        cases.land_work_items(pl.DataFrame({"person_id": [1]}), cycle_date=date(2026, 1, 1), now=NOW)
    assert WorkItem.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_landings_of_one_night_at_once_land_it_once() -> None:
    world = World.build()
    persons = [world.person() for _ in range(20)]

    def land(_: int) -> int:
        try:
            return world.work(*persons)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(land, range(4))) == [0, 0, 0, 20]
