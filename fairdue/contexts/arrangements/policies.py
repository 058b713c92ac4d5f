"""Who may do what with offers and plans: the borrower with their own, staff within scope and authority."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from fairdue.engine.negotiation.offers import AUTHORITIES, Authority
from fairdue.kernel.actor import Actor, PermissionRefused

ROLE_AUTHORITY: dict[str, Authority] = {
    "collector": "collector",
    "field": "collector",
    "supervisor": "supervisor",
    "finance": "committee",
}
"""What each role may agree to; whoever is not named may agree to what borrowers get by themselves."""
TWO_PAIRS_OF_EYES = ("supervisor", "committee")


def authority_of(actor: Actor) -> Authority:
    """Return the authority of an actor."""
    if actor.kind == "system":
        return "self_service"
    return ROLE_AUTHORITY.get(actor.role, "self_service")


def reaches(actor: Actor, authority: str) -> bool:
    """Tell whether an actor's authority is enough."""
    return AUTHORITIES.index(authority_of(actor)) >= AUTHORITIES.index(authority)  # type: ignore[arg-type]


def needs_approval(authority: str, actor: Actor) -> bool:
    """Tell whether somebody else must approve what an actor proposes.

    1. What needs a supervisor or the committee always needs a second person, whoever proposes it.
    2. What a collector may agree to needs one of them if the borrower, or an agency, proposes it.
    """
    return authority in TWO_PAIRS_OF_EYES or not reaches(actor, authority)


def require_about(actor: Actor, person_id: int, permission: str) -> None:
    """Pass for the borrower themselves and for whoever holds the permission.

    :raises PermissionRefused: otherwise
    """
    if actor.kind == "borrower":
        if actor.id != person_id:
            raise PermissionRefused(actor, permission)
        return
    actor.require(permission)


def in_scope(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Return the rows that an actor may see: their own as a borrower, those of their creditors as staff."""
    if actor.kind == "borrower":
        return rows.filter(person_id=actor.id)
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=sorted(actor.creditor_ids))


def sees(actor: Actor, creditor_id: int, person_id: int) -> bool:
    """Tell whether one row is in an actor's scope."""
    if actor.kind == "borrower":
        return actor.id == person_id
    return actor.creditor_ids is None or creditor_id in actor.creditor_ids


OPEN = Q(state__in=("waiting_approval", "ready"))
