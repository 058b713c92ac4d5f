"""Stop contacts by law, 停催, and lift the stop again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.journeys.start_call import accounts_in_scope
from fairdue.kernel.actor import Actor

TAKEN_BACK_WITHIN = timedelta(minutes=2)


class HoldRefused(cases.CaseRefused):
    """The hold cannot be placed or lifted so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def raise_hold(
    *,
    case_id: int,
    kind: str,
    reason: str,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    permitted_purposes: Sequence[str] | None = None,
) -> int:
    """Place a hold on all debts of a case's person, or on one of them, and return its id.

    It is in force at once: the gate asks for holds in the transaction that reserves a contact. Without
    `permitted_purposes` the kind says what still goes through.

    :raises NotInScope: if the case is not in the actor's scope
    :raises HoldRefused: if no reason is given, or the account is not one of the case's
    :raises law.HoldRefused: if the kind is unknown
    """
    actor.require("holds.place")
    case = cases.case_card(case_id=case_id, actor=actor)
    if not reason.strip():
        raise HoldRefused("cases.hold.reason_missing", "say why contacts stop")
    if account_id is not None and account_id not in accounts_in_scope(case.person_id, actor):
        raise HoldRefused("cases.hold.account", f"account {account_id} is not one of this case")
    return law.place_hold(
        person_id=case.person_id,
        kind=kind,
        reason=reason,
        actor=actor,
        now=now,
        account_id=account_id,
        permitted_purposes=permitted_purposes,
    )


@transaction.atomic
def lift_hold(*, case_id: int, hold_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Lift an open hold of a case's person.

    :raises NotInScope: if the case is not in the actor's scope
    :raises HoldRefused: if no reason is given, or the person has no such open hold
    """
    actor.require("holds.lift")
    case = cases.case_card(case_id=case_id, actor=actor)
    if not reason.strip():
        raise HoldRefused("cases.hold.reason_missing", "say why the hold ends")
    if all(hold.hold_id != hold_id for hold in law.open_holds(case.person_id)):
        raise HoldRefused("cases.hold.not_open", f"hold {hold_id} is not open here")
    law.lift_hold(hold_id=hold_id, reason=reason, actor=actor, now=now)


@transaction.atomic
def take_back_hold(*, case_id: int, hold_id: int, actor: Actor, now: datetime) -> None:
    """End a hold that the actor placed by mistake a moment ago; the desk offers it for some seconds only.

    It needs no permission to lift holds: who placed it may take it back while nobody has relied on it.

    :raises NotInScope: if the case is not in the actor's scope
    :raises HoldRefused: if the hold is not open, or is not the actor's own of the latest minutes
    """
    actor.require("holds.place")
    case = cases.case_card(case_id=case_id, actor=actor)
    hold = next((each for each in law.open_holds(case.person_id) if each.hold_id == hold_id), None)
    if hold is None:
        raise HoldRefused("cases.hold.not_open", f"hold {hold_id} is not open here")
    if hold.placed_by != actor.label or now - hold.started_at > TAKEN_BACK_WITHIN:
        raise HoldRefused("cases.hold.not_yours", f"hold {hold_id} was not placed by the actor just now")
    same = {field.name: getattr(actor, field.name) for field in fields(Actor)}
    lifter = Actor(**same | {"permissions": actor.permissions | {"holds.lift"}})
    law.lift_hold(hold_id=hold_id, reason="taken back: placed by mistake", actor=lifter, now=now)
