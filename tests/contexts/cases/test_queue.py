"""The queue: order, pages, scope, and a number of queries that does not grow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_world import NOW, World
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, WorkItem
from fairdue.kernel.actor import PermissionRefused

pytestmark = pytest.mark.django_db


def test_pages_continue_by_key_while_others_finish_items() -> None:
    world = World.build()
    actor = world.staff("collector")
    persons = [world.person() for _ in range(5)]
    world.work(*persons)
    first = cases.queue(actor=actor, limit=2)
    assert [row.person_id for row in first.rows] == [persons[0].pk, persons[1].pk]
    assert (first.count, first.count_is_capped) == (5, False)
    WorkItem.objects.filter(person_id=persons[0].pk).update(status="done")
    second = cases.queue(actor=actor, limit=2, after=first.next_cursor)
    assert [row.person_id for row in second.rows] == [persons[2].pk, persons[3].pk]
    third = cases.queue(actor=actor, limit=2, after=second.next_cursor)
    assert [row.person_id for row in third.rows] == [persons[4].pk]
    assert third.next_cursor is None


def test_a_sorted_queue_continues_by_key_in_both_directions_with_what_is_missing_last() -> None:
    world = World.build()
    actor = world.staff("collector")
    persons = [world.person() for _ in range(5)]
    world.work(*persons)
    for person, minor, hours in zip(persons, (300, 900, 300, 100, 700), (2, None, 1, None, 3), strict=True):
        at = None if hours is None else NOW + timedelta(hours=hours)
        WorkItem.objects.filter(person_id=person.pk).update(overdue_minor=minor, not_before=at)

    def walk(sort: str) -> list[int]:
        seen: list[int] = []
        after = None
        while True:
            page = cases.queue(actor=actor, sort=sort, after=after, limit=2)
            seen += [[each.pk for each in persons].index(row.person_id) for row in page.rows]
            after = page.next_cursor
            if after is None:
                return seen

    assert walk("overdue") == [3, 0, 2, 4, 1]
    assert walk("-overdue") == [1, 4, 0, 2, 3]
    assert walk("not_before") == [2, 0, 4, 1, 3]
    assert walk("-not_before") == [4, 0, 2, 1, 3]
    assert walk("evil") == [0, 1, 2, 3, 4]
    with pytest.raises(cases.QueueCursorInvalid):
        cases.queue(actor=actor, sort="overdue", after="yesterday~1")


def test_a_row_says_who_what_and_how_much() -> None:
    world = World.build()
    actor = world.staff("collector")
    person = world.person("王敏")
    world.work(person)
    Case.objects.update(assigned_to_id=actor.id)
    (row,) = cases.queue(actor=actor).rows
    assert row.name_masked == "王**"
    assert (row.bucket, row.days_past_due, str(row.overdue)) == ("M1", 20, "400.00 CNY")
    assert (row.assigned_to_id, row.assigned_to) == (actor.id, actor.label)
    assert row.promise is None


def test_a_page_takes_five_queries_whatever_its_length() -> None:
    world = World.build()
    actor = world.staff("collector")
    world.work(*[world.person() for _ in range(30)])
    Case.objects.update(assigned_to_id=actor.id)
    counts = []
    for limit in (2, 30):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            cases.queue(actor=actor, limit=limit)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_a_count_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairdue.contexts.cases.queries.queue.COUNT_CAP", 3)
    world = World.build()
    actor = world.staff("collector")
    world.work(*[world.person() for _ in range(5)])
    page = cases.queue(actor=actor, limit=1)
    assert (page.count, page.count_is_capped) == (3, True)
    (card,) = cases.queues(actor)
    assert (card.code, card.count, card.count_is_capped) == ("early", 3, True)


def test_each_sees_the_own_creditors_only() -> None:
    world = World.build()
    north, south = world.staff("collector"), world.staff("collector", creditors=("south",))
    both = world.staff("supervisor", creditors=("north", "south"))
    first, second = world.person(), world.person()
    world.work(first)
    world.work(second, creditor_ids=[world.creditors["south"].pk])
    seen = {actor: [row.person_id for row in cases.queue(actor=actor).rows] for actor in (north, south, both)}
    assert seen == {north: [first.pk], south: [second.pk], both: [first.pk, second.pk]}
    assert [card.count for card in cases.queues(both)] == [2]
    assert [card.count for card in cases.queues(south)] == [1]


@pytest.mark.parametrize("role", ["agency", "field"])
def test_agencies_and_field_collectors_see_only_what_was_placed_with_their_team(role: str) -> None:
    world = World.build()
    actor = world.staff(role)
    mine, other = world.person(), world.person()
    world.work(mine, other)
    assert cases.queue(actor=actor).rows == ()
    Case.objects.filter(person_id=mine.pk).update(team_id=actor.team_id)
    assert [row.person_id for row in cases.queue(actor=actor).rows] == [mine.pk]
    assert [card.count for card in cases.queues(actor)] == [1]
    foreign = Case.objects.get(person_id=other.pk).pk
    with pytest.raises(cases.NotInScope):
        cases.case_card(case_id=foreign, actor=actor)


def test_a_foreign_case_reads_like_one_that_does_not_exist() -> None:
    world = World.build()
    actor = world.staff("collector", creditors=("south",))
    foreign = world.case(world.person(), "north")
    messages = []
    for case_id in (foreign, foreign + 1_000_000):
        with pytest.raises(cases.NotInScope) as refusal:
            cases.case_card(case_id=case_id, actor=actor)
        messages.append(str(refusal.value).replace(str(case_id), "N"))
    assert messages == ["no case N", "no case N"]


def test_mine_are_those_assigned_to_me() -> None:
    world = World.build()
    actor = world.staff("collector")
    mine, other = world.person(), world.person()
    world.work(other, mine)
    Case.objects.filter(person_id=mine.pk).update(assigned_to_id=actor.id)
    assert [row.person_id for row in cases.queue(actor=actor, mine=True).rows] == [mine.pk]


def test_the_next_case_passes_over_what_others_have_and_what_must_wait() -> None:
    world = World.build()
    actor, colleague = world.staff("collector"), world.staff("collector")
    persons = [world.person() for _ in range(4)]
    world.work(*persons)
    Case.objects.filter(person_id=persons[1].pk).update(assigned_to_id=colleague.id)
    WorkItem.objects.filter(person_id=persons[2].pk).update(not_before=NOW + timedelta(hours=1))
    first = cases.next_case(actor=actor, now=NOW)
    assert first is not None and first.person_id == persons[0].pk
    second = cases.next_case(actor=actor, after_work_item_id=first.work_item_id, now=NOW)
    assert second is not None and second.person_id == persons[3].pk
    again = cases.next_case(actor=actor, after_work_item_id=second.work_item_id, now=NOW)
    assert again is not None and again.person_id == persons[0].pk
    WorkItem.objects.exclude(pk=first.work_item_id).update(status="done")
    assert cases.next_case(actor=actor, after_work_item_id=first.work_item_id, now=NOW) is None


def test_a_wrong_page_marker_is_refused_in_words() -> None:
    world = World.build()
    with pytest.raises(cases.QueueCursorInvalid, match="open the queue again"):
        cases.queue(actor=world.staff("collector"), after="1; drop table")


@pytest.mark.parametrize("role", ["strategist", "risk", "administrator"])
def test_roles_without_borrowers_do_not_see_the_queue(role: str) -> None:
    world = World.build()
    with pytest.raises(PermissionRefused):
        cases.queue(actor=world.staff(role))
