"""Reading staff and teams, and turning who is logged in into an actor."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from fairdue.contexts.identity.contracts import LetterReader, StaffCard, TeamCard
from fairdue.contexts.identity.models import Role, Staff, Team, TeamCreditor
from fairdue.contexts.identity.policies import permissions_of
from fairdue.kernel.actor import Actor


def actor_for(staff: Staff) -> Actor:
    """Return the actor that a member of staff is: permissions by role, creditors by team.

    1. Without a team there is no creditor in scope; a team may be given every creditor (None).
    2. A team of an agency never sees every creditor, whatever its row says.
    3. Somebody deactivated may nothing.
    4. One query for the team and its creditors together: it stands before every page.
    """
    team = _team_with_creditors(staff)
    return Actor(
        kind="agency" if team is not None and team.agency_code else "staff",
        label=staff.get_full_name(),
        id=staff.pk,
        agency_code=team.agency_code if team is not None else "",
        role=staff.role,
        team_id=staff.team_id,
        creditor_ids=_scope(team) if staff.is_active else frozenset(),
        permissions=permissions_of(staff.role) if staff.is_active else frozenset(),
    )


def _scope(team: Team | None) -> frozenset[int] | None:
    if team is None:
        return frozenset()
    if team.sees_all_creditors and not team.agency_code:
        return None
    found: list[int] | None = getattr(team, "creditor_ids", None)
    return frozenset(found or ())


def _team_with_creditors(staff: Staff) -> Team | None:
    if staff.team_id is None:
        return None
    scope = ArraySubquery(TeamCreditor.objects.filter(team=OuterRef("pk")).values("creditor_id"))
    staff.team = Team.objects.annotate(creditor_ids=scope).get(pk=staff.team_id)
    return staff.team


def actor_by_username(username: str) -> Actor | None:
    """Return the actor of an active member of staff, or None."""
    staff = Staff.objects.select_related("team").filter(username=username, is_active=True).first()
    return actor_for(staff) if staff else None


def actor_by_id(staff_id: int) -> Actor | None:
    """Return the actor of an active member of staff, or None."""
    staff = Staff.objects.select_related("team").filter(pk=staff_id, is_active=True).first()
    return actor_for(staff) if staff else None


def staff_cards(
    *, actor: Actor, team_id: int | None = None, role: str | None = None
) -> tuple[StaffCard, ...]:
    """Return the staff that the actor may see, by name: everybody, or else the own team.

    `staff.manage` shows everybody; `cases.assign` only the members of the own team.
    """
    rows = Staff.objects.select_related("team").order_by("display_name", "id")
    if not actor.may("staff.manage"):
        actor.require("cases.assign")
        rows = rows.filter(team_id=actor.team_id or 0)
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    if role is not None:
        rows = rows.filter(role=role)
    return tuple(_card(staff) for staff in rows)


def staff_of_roles(roles: Iterable[str]) -> tuple[StaffCard, ...]:
    """Return the active staff of some roles, by name: to whom something may be given."""
    rows = Staff.objects.select_related("team").filter(role__in=list(roles), is_active=True)
    return tuple(_card(staff) for staff in rows.order_by("display_name", "id"))


def _card(staff: Staff) -> StaffCard:
    team = staff.team
    return StaffCard(
        staff_id=staff.pk,
        username=staff.username,
        display_name=staff.display_name,
        role=staff.role,
        team_id=staff.team_id,
        team_code=team.code if team else "",
        team_name=team.name if team else "",
        agency_code=team.agency_code if team else "",
        is_active=staff.is_active,
        latest_login_at=staff.last_login,
    )


def colleagues(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return id and name of the active others of the actor's team who work cases, by name."""
    workers = [role for role in Role.values if "cases.work" in permissions_of(role)]
    rows = Staff.objects.filter(team_id=actor.team_id or 0, is_active=True, role__in=workers)
    return tuple(
        (row.pk, row.get_full_name()) for row in rows.exclude(pk=actor.id or 0).order_by("display_name", "id")
    )


def staff_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the display names of staff by id; unknown ids are left out."""
    return dict(Staff.objects.filter(pk__in=set(ids)).values_list("id", "display_name"))


def staff_address(staff_id: int) -> str:
    """Return the e-mail address of an active member of staff, empty without one; for letters of the house to its staff."""
    found = Staff.objects.filter(pk=staff_id, is_active=True).values_list("email", flat=True).first()
    return found or ""


def letter_reader(staff_id: int) -> LetterReader | None:
    """Return where an active member of staff reads letters of the house, or None: no address, or none are wanted."""
    staff = Staff.objects.filter(pk=staff_id, is_active=True).exclude(email="").first()
    if staff is None or staff.preferences.get("mail") == "off":
        return None
    return LetterReader(address=staff.email, locale=staff.locale)


def teams() -> tuple[TeamCard, ...]:
    """Return every team with its data scope, by code."""
    rows = Team.objects.prefetch_related("creditors").order_by("code")
    return tuple(team_card(team) for team in rows)


def team_card(team: Team) -> TeamCard:
    """Return the card of one team."""
    sees_all = team.sees_all_creditors and not team.agency_code
    return TeamCard(
        team_id=team.pk,
        code=team.code,
        name=team.name,
        agency_code=team.agency_code,
        creditor_ids=None if sees_all else frozenset(row.creditor_id for row in team.creditors.all()),
    )
