"""Which cases an actor may see: the data scope, applied below every view."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from fairdue.contexts.cases.errors import NotInScope
from fairdue.contexts.cases.models import Case
from fairdue.kernel.actor import Actor

TEAM_BOUND_ROLES = frozenset({"agency", "field"})
"""Roles that see only cases placed with their own team."""


def is_team_bound(actor: Actor) -> bool:
    """Tell whether the actor sees only what was placed with the actor's own team."""
    return actor.role in TEAM_BOUND_ROLES or actor.kind == "agency"


def scope_filter(actor: Actor, prefix: str = "") -> Q:
    """Return the filter that leaves the actor's cases; `prefix` is the path to the case, as `case__`.

    1. A creditor scope admits a case that has a debt to at least one of the creditors.
    2. Agencies and field collectors see only cases of their own team; without a team, none.
    """
    condition = Q()
    if actor.creditor_ids is not None:
        condition &= Q(**{f"{prefix}creditor_ids__overlap": sorted(actor.creditor_ids)})
    if is_team_bound(actor):
        condition &= Q(**{f"{prefix}team_id": actor.team_id if actor.team_id is not None else -1})
    return condition


def scoped(actor: Actor) -> QuerySet[Case]:
    """Return the cases that the actor may see."""
    return Case.objects.filter(scope_filter(actor))


def locked_case(case_id: int, actor: Actor) -> Case:
    """Lock one case for a change and return it.

    :raises NotInScope: if there is no such case in the actor's scope
    """
    case = scoped(actor).select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotInScope(f"no case {case_id}")
    return case


def scope_places(actor: Actor, alias: str, first: int) -> tuple[str, list[Any]]:
    """Return the same scope with places `$first`, … as `storage.reads` takes them, with its parameters."""
    sql, parameters = scope_sql(actor, alias)
    for place in range(len(parameters)):
        sql = sql.replace("%s", f"${first + place}", 1)
    return sql, parameters


def scope_sql(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """Return the same scope as `scope_filter` as SQL over a table alias, with its parameters."""
    parts: list[str] = ["true"]
    parameters: list[Any] = []
    if actor.creditor_ids is not None:
        parts.append(f"{alias}.creditor_ids && %s::bigint[]")
        parameters.append(sorted(actor.creditor_ids))
    if is_team_bound(actor):
        parts.append(f"{alias}.team_id = %s")
        parameters.append(actor.team_id if actor.team_id is not None else -1)
    return " AND ".join(parts), parameters
