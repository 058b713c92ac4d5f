"""Give cases to a collector, many at once: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.errors import CaseRefused, NotInScope
from fairdue.contexts.cases.models import Case
from fairdue.contexts.cases.policies import is_team_bound, scoped
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor

ASSIGN_LIMIT = 1000
"""Cases in one assignment; more is the work of the night."""


class AssigneeRefused(CaseRefused):
    """The cases cannot be given to this member of staff; `code` says why, nothing was assigned."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_assignee(assignee: Actor | None, staff_id: int, cases: Sequence[Case], actor: Actor) -> Actor:
    """Return who takes some cases, or refuse.

    :raises AssigneeRefused: if the person is not active, does not work cases, or may not see one of them
    """
    if assignee is None:
        raise AssigneeRefused("cases.assignee.not_active", f"staff {staff_id} is not active here")
    if not assignee.may("cases.work"):
        raise AssigneeRefused("cases.assignee.role", f"a {assignee.role} does not work cases")
    if is_team_bound(actor) and assignee.team_id != actor.team_id:
        raise AssigneeRefused("cases.assignee.team", "an agency assigns within its own team")
    scope = assignee.creditor_ids
    outside = [case for case in cases if scope is not None and not scope & set(case.creditor_ids)]
    if outside:
        raise AssigneeRefused(
            "cases.assignee.scope", f"{len(outside)} of {len(cases)} cases are outside the assignee's scope"
        )
    return assignee


@transaction.atomic
def assign(*, case_ids: Sequence[int], staff_id: int, actor: Actor, now: datetime) -> int:
    """Give cases to a member of staff, and with them to that person's team; return how many changed.

    1. All cases must be in the actor's scope and in the assignee's creditors; otherwise none is assigned.
    2. A case that the assignee already has stays as it is and is not counted.
    3. Each change is audited with who had the case before.

    :raises NotInScope: if any of the cases is not in the actor's scope
    :raises AssigneeRefused: if the assignee is not active, does not work cases, or may not see one of them
    """
    actor.require("cases.assign")
    wanted = sorted(set(case_ids))
    if len(wanted) > ASSIGN_LIMIT:
        raise AssigneeRefused("cases.assign.too_many", f"at most {ASSIGN_LIMIT} cases at once")
    cases = list(
        scoped(actor).select_for_update(of=("self",)).filter(pk__in=wanted, status="open").order_by("pk")
    )
    if len(cases) != len(wanted):
        raise NotInScope(f"{len(wanted) - len(cases)} of {len(wanted)} cases were not found")
    assignee = check_assignee(identity.actor_by_id(staff_id), staff_id, cases, actor)
    changed = [case for case in cases if case.assigned_to_id != staff_id]
    Case.objects.filter(pk__in=[case.pk for case in changed]).update(
        assigned_to_id=staff_id, team_id=assignee.team_id, assigned_because="by_hand"
    )
    for case in changed:
        audit.record(
            code="cases.case.assigned",
            actor=actor,
            subject_type="case",
            subject_id=case.pk,
            now=now,
            person_id=case.person_id,
            before={"assigned_to": case.assigned_to_id, "team": case.team_id},
            after={"assigned_to": staff_id, "team": assignee.team_id},
        )
    return len(changed)
