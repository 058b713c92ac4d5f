"""Changing what a member of staff may do, with four eyes where it gives power; inviting; letting in again."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity.change_models import Invitation, StaffChange
from fairdue.contexts.identity.contracts import StaffCard
from fairdue.contexts.identity.models import Staff, Team
from fairdue.contexts.identity.operations import (
    StaffRefused,
    StaffUnknown,
    _locked,
    _record,
    _set_password,
    _team_for,
)
from fairdue.contexts.identity.queries import _card
from fairdue.kernel.actor import Actor

INVITATION_DAYS = 7


class ChangeUnknown(StaffRefused):
    """There is no such change that waits."""


class InvitationUnknown(StaffRefused):
    """The invitation is not known, was used, or is over; nobody was let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChangeCard:
    """A change that waits for a second pair of eyes."""

    change_id: int
    staff_id: int
    staff_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    asked_by: str
    asked_by_id: int | None
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged:
    """What came of a change: done at once, or waiting as `change_id`."""

    is_done: bool
    change_id: int


@transaction.atomic
def change_staff(
    *, staff_id: int, role: str, team_code: str | None, email: str, reason: str, actor: Actor, now: datetime
) -> StaffChanged:
    """This function will change role, team and e-mail address of a member of staff, or let the change wait.

    1. More power waits for another administrator: a privileged role, or a team that sees every creditor.
    2. Nobody changes the own role or team.

    :raises StaffRefused: if the role or team is not possible, it is the own one, nothing differs, or one waits already
    """
    actor.require("staff.manage")
    staff = _locked(staff_id)
    if staff.pk == actor.id:
        raise StaffRefused(_("Nobody changes the own role or team; ask another administrator."))
    if not reason.strip():
        raise StaffRefused(_("Say why; nothing was changed."))
    team = _team_for(role, team_code)
    before = {"role": staff.role, "team": staff.team.code if staff.team else "", "email": bool(staff.email)}
    after: dict[str, Any] = {"role": role, "team": team.code if team else "", "email": email}
    if (before["role"], before["team"], staff.email) == (role, after["team"], email):
        raise StaffRefused(_("Nothing would change."))
    after["needs_second"] = _gives_power(staff, role, team)
    row = StaffChange(
        staff=staff, before=before, after=after, reason=reason.strip()[:200], asked_by_id=actor.id,
        asked_by_label=actor.label, asked_at=now,
    )  # fmt: skip
    if not after["needs_second"]:
        row.status, row.decided_by_id, row.decided_by_label, row.decided_at = (
            "done",
            actor.id,
            actor.label,
            now,
        )
        row.save(force_insert=True)
        _apply(row, staff, actor, now)
        return StaffChanged(is_done=True, change_id=row.pk)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise StaffRefused(_("A change of this person waits already for another administrator.")) from error
    _record(
        "identity.staff.change_asked", staff, actor, now, reason=row.reason, before=before, after=_said(after)
    )
    return StaffChanged(is_done=False, change_id=row.pk)


def _gives_power(staff: Staff, role: str, team: Team | None) -> bool:
    is_higher = role in settings.PRIVILEGED_ROLES and staff.role != role
    sees_more = team is not None and team.sees_all_creditors and staff.team_id != team.pk
    return is_higher or sees_more


def _said(after: dict[str, Any]) -> dict[str, Any]:
    """What the audit record says: that there is an address, not which."""
    return {"role": after["role"], "team": after["team"], "email": bool(after["email"])}


def _apply(row: StaffChange, staff: Staff, actor: Actor, now: datetime) -> None:
    staff.role, staff.email = row.after["role"], row.after["email"]
    staff.team = Team.objects.filter(code=row.after["team"]).first() if row.after["team"] else None
    staff.save(update_fields=["role", "email", "team"])
    _record(
        "identity.staff.changed",
        staff,
        actor,
        now,
        reason=row.reason,
        before=row.before,
        after=_said(row.after),
    )


@transaction.atomic
def decide_change(*, change_id: int, is_approved: bool, actor: Actor, now: datetime) -> bool:
    """This function will let a waiting change happen, or refuse it, and tell whether it happened.

    :raises ChangeUnknown: if none of this number waits
    :raises StaffRefused: for who asked for it, and for whom it concerns
    """
    actor.require("staff.manage")
    row = StaffChange.objects.select_for_update().filter(pk=change_id, status="waiting").first()
    if row is None:
        raise ChangeUnknown(_("No such change waits."))
    if is_approved and actor.id in (row.asked_by_id, row.staff_id):
        raise StaffRefused(_("Somebody else has to decide: neither who asked nor whom it concerns."))
    staff = _locked(row.staff_id)
    if is_approved:
        _team_for(row.after["role"], row.after["team"] or None)
    row.status = "done" if is_approved else "refused"
    row.decided_by_id, row.decided_by_label, row.decided_at = actor.id, actor.label, now
    row.save()
    if is_approved:
        _apply(row, staff, actor, now)
    else:
        _record("identity.staff.change_refused", staff, actor, now, reason=row.reason, after=_said(row.after))
    return is_approved


def waiting_changes(*, actor: Actor) -> tuple[StaffChangeCard, ...]:
    """Return the changes that wait for a second pair of eyes, oldest first."""
    actor.require("staff.manage")
    rows = StaffChange.objects.filter(status="waiting").select_related("staff").order_by("id")
    return tuple(
        StaffChangeCard(
            change_id=row.pk, staff_id=row.staff_id, staff_name=row.staff.get_full_name(), before=row.before,
            after=_said(row.after), reason=row.reason, asked_by=row.asked_by_label, asked_by_id=row.asked_by_id,
            asked_at=row.asked_at,
        )
        for row in rows
    )  # fmt: skip


def staff_card(*, staff_id: int, actor: Actor) -> StaffCard:
    """Return one member of staff.

    :raises StaffUnknown: if there is none
    """
    actor.require("staff.manage")
    return _card(_found(staff_id))


def _found(staff_id: int) -> Staff:
    found = Staff.objects.select_related("team").filter(pk=staff_id).first()
    if found is None:
        raise StaffUnknown(_("There is no such member of staff."))
    return found


@transaction.atomic
def invite_staff(*, staff_id: int, actor: Actor, now: datetime) -> str:
    """This function will make a way in for a member of staff who sets the password personally, and return its secret.

    Earlier invitations of the person end; the secret is shown once and only its hash is kept.
    """
    actor.require("staff.manage")
    staff = _locked(staff_id)
    if not staff.is_active:
        raise StaffRefused(_("Give the access back first."))
    if staff.pk == actor.id:
        raise StaffRefused(_("Change the own password under your name."))
    Invitation.objects.filter(staff=staff, used_at=None).delete()
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(
        staff=staff, secret_sha256=_hash(secret), expires_at=now + timedelta(days=INVITATION_DAYS),
        made_by_label=actor.label, made_at=now,
    )  # fmt: skip
    _record("identity.staff.invited", staff, actor, now)
    return secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invited(*, secret: str, now: datetime) -> str:
    """Return the user name that an invitation is for.

    :raises InvitationUnknown: if it is not known, used or over
    """
    row = Invitation.objects.select_related("staff").filter(secret_sha256=_hash(secret), used_at=None).first()
    if row is None or row.expires_at <= now or not row.staff.is_active:
        raise InvitationUnknown(_("This invitation is not known, was used, or is over."))
    return row.staff.username


@transaction.atomic
def accept_invitation(*, secret: str, password: str, now: datetime) -> str:
    """This function will set the password that the invited person chose, once, and return the user name.

    :raises InvitationUnknown: if the invitation is not known, used or over
    :raises PasswordTooWeak: if the password does not satisfy the rules
    """
    row = Invitation.objects.select_for_update().filter(secret_sha256=_hash(secret), used_at=None).first()
    if row is None or row.expires_at <= now or not row.staff.is_active:
        raise InvitationUnknown(_("This invitation is not known, was used, or is over."))
    staff = _locked(row.staff_id)
    _set_password(staff, password)
    staff.save(update_fields=["password"])
    row.used_at = now
    row.save(update_fields=["used_at"])
    audit.record(
        code="identity.invitation.used", actor=Actor(kind="staff", label=staff.get_full_name(), id=staff.pk),
        subject_type="identity.staff", subject_id=staff.pk, now=now,
    )  # fmt: skip
    return staff.username
