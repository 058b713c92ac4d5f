"""Writing staff and teams: create, change the password, deactivate and bring back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity.contracts import StaffCard, TeamCard
from fairdue.contexts.identity.models import Role, Staff, Team, TeamCreditor
from fairdue.contexts.identity.queries import _card, team_card
from fairdue.kernel.actor import Actor


class StaffRefused(ValueError):
    """A member of staff cannot be created or changed like this; nothing was changed."""


class TeamMismatch(StaffRefused):
    """Agency collectors belong to an agency's team, and only they do."""


class UsernameTaken(StaffRefused):
    """Somebody has this user name already."""


class PasswordTooWeak(StaffRefused):
    """The password does not satisfy the rules for passwords."""


class StaffUnknown(StaffRefused):
    """There is no such member of staff."""


@transaction.atomic
def ensure_team(
    *,
    code: str,
    name: str,
    creditor_ids: Iterable[int],
    agency_code: str = "",
    sees_all_creditors: bool = False,
) -> TeamCard:
    """Create a team or bring an existing one to this name and scope; return it.

    :raises TeamMismatch: if an agency's team is to see every creditor
    """
    if agency_code and sees_all_creditors:
        raise TeamMismatch(_("An agency's team cannot see every creditor; name the creditors."))
    defaults = {"name": name, "agency_code": agency_code, "sees_all_creditors": sees_all_creditors}
    team, _created = Team.objects.select_for_update().update_or_create(code=code, defaults=defaults)
    wanted = set(creditor_ids)
    TeamCreditor.objects.filter(team=team).exclude(creditor_id__in=wanted).delete()
    TeamCreditor.objects.bulk_create(
        [TeamCreditor(team=team, creditor_id=creditor_id) for creditor_id in sorted(wanted)],
        ignore_conflicts=True,
    )
    return team_card(team)


@transaction.atomic
def create_staff(
    *,
    username: str,
    password: str,
    display_name: str,
    role: str,
    team_code: str | None,
    actor: Actor,
    now: datetime,
    email: str = "",
    locale: str = "zh-hans",
) -> StaffCard:
    """Create a member of staff who can log in, and record it.

    :raises StaffRefused: if the role or team is unknown, the user name taken or the password too weak
    """
    actor.require("staff.manage")
    team = _team_for(role, team_code)
    staff = Staff(
        username=username,
        display_name=display_name,
        role=role,
        team=team,
        email=email,
        locale=locale,
        date_joined=now,
    )
    _set_password(staff, password)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError as error:
        raise UsernameTaken(_("The user name {username} is taken.").format(username=username)) from error
    after = {"username": username, "role": role, "team": team_code or ""}
    _record("identity.staff.created", staff, actor, now, after=after)
    return _card(staff)


def _team_for(role: str, team_code: str | None) -> Team | None:
    if role not in Role.values:
        known = ", ".join(Role.values)
        raise StaffRefused(_("There is no role {role}; roles: {known}").format(role=role, known=known))
    team = Team.objects.filter(code=team_code).first() if team_code else None
    if team_code and team is None:
        raise StaffRefused(_("There is no team {code}.").format(code=team_code))
    if (role == Role.AGENCY) != bool(team is not None and team.agency_code):
        raise TeamMismatch(_("Agency collectors belong to an agency's team, and only they do."))
    return team


def _set_password(staff: Staff, password: str) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from error
    staff.set_password(password)


def _locked(staff_id: int) -> Staff:
    staff = Staff.objects.select_for_update(of=("self",)).select_related("team").filter(pk=staff_id).first()
    if staff is None:
        raise StaffUnknown(_("There is no such member of staff."))
    return staff


def _record(code: str, staff: Staff, actor: Actor, now: datetime, **more: object) -> None:
    audit.record(code=code, actor=actor, subject_type="identity.staff", subject_id=staff.pk, now=now, **more)  # type: ignore[arg-type]


@transaction.atomic
def change_password(*, staff_id: int, password: str, actor: Actor, now: datetime) -> None:
    """Set a new password: one's own, or anybody's with `staff.manage`; open sessions end.

    :raises PasswordTooWeak: if it does not satisfy the rules
    """
    if actor.kind not in ("staff", "agency") or actor.id != staff_id:
        actor.require("staff.manage")
    staff = _locked(staff_id)
    _set_password(staff, password)
    staff.save(update_fields=["password"])
    _record("identity.password.changed", staff, actor, now)


@transaction.atomic
def deactivate_staff(*, staff_id: int, reason: str, actor: Actor, now: datetime) -> StaffCard:
    """Take away somebody's access at once; their records stay."""
    return _set_active(staff_id, False, reason, actor, now)


@transaction.atomic
def reactivate_staff(*, staff_id: int, reason: str, actor: Actor, now: datetime) -> StaffCard:
    """Give somebody's access back."""
    return _set_active(staff_id, True, reason, actor, now)


def _set_active(staff_id: int, is_active: bool, reason: str, actor: Actor, now: datetime) -> StaffCard:
    actor.require("staff.manage")
    staff = _locked(staff_id)
    if staff.pk == actor.id and not is_active:
        raise StaffRefused(_("Nobody can deactivate themselves; ask another administrator."))
    if staff.is_active == is_active:
        return _card(staff)
    staff.is_active = is_active
    staff.save(update_fields=["is_active"])
    code = "identity.staff.reactivated" if is_active else "identity.staff.deactivated"
    _record(
        code, staff, actor, now, reason=reason, before={"active": not is_active}, after={"active": is_active}
    )
    return _card(staff)
