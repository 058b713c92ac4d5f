"""Assignment: all or none, within scope, with who had the case before."""

from __future__ import annotations

import pytest
from case_world import NOW, World

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case
from fairdue.contexts.identity.models import Staff
from fairdue.kernel.actor import PermissionRefused

pytestmark = pytest.mark.django_db


def test_cases_are_given_with_the_assignees_team_and_the_change_is_kept() -> None:
    world = World.build()
    supervisor, collector = world.staff("supervisor"), world.staff("collector")
    ids = [world.case(world.person()) for _ in range(3)]
    assert cases.assign(case_ids=ids, staff_id=collector.id, actor=supervisor, now=NOW) == 3
    assert cases.assign(case_ids=ids, staff_id=collector.id, actor=supervisor, now=NOW) == 0
    assert set(Case.objects.values_list("assigned_to_id", "team_id")) == {(collector.id, collector.team_id)}
    (event,) = audit.events(subject_type="case", subject_id=ids[0], code="cases.case.assigned")
    assert event.before == {"assigned_to": None, "team": None}
    assert event.after == {"assigned_to": collector.id, "team": collector.team_id}


def test_one_foreign_case_stops_the_whole_assignment() -> None:
    world = World.build()
    supervisor, collector = world.staff("supervisor"), world.staff("collector")
    ids = [world.case(world.person()), world.case(world.person(), "south")]
    with pytest.raises(cases.NotInScope):
        cases.assign(case_ids=ids, staff_id=collector.id, actor=supervisor, now=NOW)
    assert Case.objects.filter(assigned_to_id__isnull=False).count() == 0
    assert audit.events(code="cases.case.assigned") == ()


@pytest.mark.parametrize(
    ("role", "creditors", "active", "code"),
    [
        ("collector", ("south",), True, "cases.assignee.scope"),
        ("collector", ("north",), False, "cases.assignee.not_active"),
        ("risk", ("north",), True, "cases.assignee.role"),
    ],
)
def test_who_may_not_work_the_case_does_not_get_it(
    role: str, creditors: tuple[str, ...], active: bool, code: str
) -> None:
    world = World.build()
    supervisor, assignee = world.staff("supervisor"), world.staff(role, creditors=creditors)
    Staff.objects.filter(pk=assignee.id).update(is_active=active)
    case_id = world.case(world.person())
    with pytest.raises(cases.AssigneeRefused) as refusal:
        cases.assign(case_ids=[case_id], staff_id=assignee.id, actor=supervisor, now=NOW)
    assert refusal.value.code == code
    assert Case.objects.get().assigned_to_id is None


@pytest.mark.parametrize("role", ["collector", "compliance", "legal", "agency", "field", "administrator"])
def test_only_supervisors_assign(role: str) -> None:
    world = World.build()
    actor = world.staff(role)
    case_id = world.case(world.person())
    with pytest.raises(PermissionRefused):
        cases.assign(case_ids=[case_id], staff_id=actor.id, actor=actor, now=NOW)
    assert Case.objects.get().assigned_to_id is None
