"""Place and lift holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..models import Hold
from .deadline_meet import meet_of_hold
from .deadline_start import Start, start_rows
from .reserve import lock_budget

HOLD_KINDS = (
    "dispute", "written_dispute", "complaint", "plan", "hardship", "deceased", "attorney", "bankruptcy", "cease",
    "breathing_space", "crisis_moratorium", "plan_preparation", "bereavement", "capacity", "vulnerability", "internal",
)  # fmt: skip

DEFAULT_PERMITTED = {
    "plan": ("plan_reminder",),
    "dispute": ("dispute_reply",),
    "written_dispute": ("dispute_reply", "validation_notice"),
    "complaint": ("complaint_reply",),
}
"""What a hold of a kind lets through unless it says otherwise."""


class HoldRefused(ValueError):
    """The hold cannot be placed or lifted as asked; nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def place_hold(
    *,
    person_id: int,
    kind: str,
    reason: str,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    permitted_purposes: Sequence[str] | None = None,
) -> int:
    """This function will put a person, or one debt of theirs, off limits and return the hold's id.

    1. It binds from this moment, also those who ask the gate at the same time.
    2. The same hold twice is one hold: an open one of that kind on that debt is returned.
    3. It starts the clocks that the packs of the debts have for a hold of this kind.

    :raises HoldRefused: if the kind is unknown or no reason is given
    :raises PermissionRefused: if the actor may not place holds
    """
    return hold_within(
        person_id=person_id, kind=kind, reason=reason, account_id=account_id, actor=actor, now=now,
        permitted_purposes=permitted_purposes,
    )  # fmt: skip


def hold_within(
    *,
    person_id: int,
    kind: str,
    reason: str,
    account_id: int | None,
    actor: Actor,
    now: datetime,
    permitted_purposes: Sequence[str] | None = None,
    is_timed: bool = True,
) -> int:
    """This function will place a hold; `is_timed` tells whether it starts clocks of its own, or a request does.

    :raises HoldRefused: if the kind is unknown or no reason is given
    :raises PermissionRefused: if the actor may not place holds
    """
    actor.require("holds.place")
    if kind not in HOLD_KINDS:
        raise HoldRefused("law.hold.kind_unknown", f"{kind!r} is none of {', '.join(HOLD_KINDS)}")
    if not reason.strip():
        raise HoldRefused("law.hold.reason_missing", "a hold needs a reason")
    permitted = DEFAULT_PERMITTED.get(kind, ()) if permitted_purposes is None else permitted_purposes
    with transaction.atomic():
        lock_budget(person_id)
        same = {"person_id": person_id, "account_id": account_id, "kind": kind, "ended_at": None}
        if (existing := Hold.objects.filter(**same).first()) is not None:
            return existing.pk
        hold = Hold.objects.create(
            **same,
            reason=reason.strip(),
            permitted_purposes=list(permitted),
            started_at=now,
            placed_by=actor.label,
        )
        audit.record(
            code="law.hold.placed", actor=actor, subject_type="hold", subject_id=hold.pk, person_id=person_id, now=now,
            reason=reason, after={"kind": kind, "account_id": account_id, "permitted_purposes": list(permitted)},
        )  # fmt: skip
        if is_timed:
            start = Start(
                subject_type="hold", subject_id=hold.pk, person_id=person_id, account_id=account_id, started_at=now,
                facts={},
            )  # fmt: skip
            start_rows(f"hold.{kind}", start, actor=actor, now=now)
    return hold.pk


def lift_hold(*, hold_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """This function will end a hold; a hold that has ended stays as it is.

    1. It meets the deadlines that run because of it: to lift a complaint is to have answered it.

    :raises HoldRefused: if the hold is unknown or no reason is given
    :raises PermissionRefused: if the actor may not lift holds
    """
    actor.require("holds.lift")
    if not reason.strip():
        raise HoldRefused("law.hold.reason_missing", "lifting a hold needs a reason")
    with transaction.atomic():
        hold = Hold.objects.select_for_update().filter(id=hold_id).first()
        if hold is None:
            raise HoldRefused("law.hold.unknown", f"hold {hold_id} is not known")
        if hold.ended_at is not None:
            return
        hold.ended_at, hold.ended_by = now, actor.label
        hold.save(update_fields=["ended_at", "ended_by"])
        audit.record(
            code="law.hold.lifted", actor=actor, subject_type="hold", subject_id=hold_id, person_id=hold.person_id,
            now=now, reason=reason, before={"ended_at": None}, after={"ended_at": now.isoformat()},
        )  # fmt: skip
        meet_of_hold(hold, note=reason, actor=actor, now=now)
