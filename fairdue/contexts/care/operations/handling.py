"""Who handles a matter: taken, handed over, never by whom it is about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor

from ..contracts import CareRefused, MatterCard
from ..models import LIVE, Matter
from ..queries.cards import card_of
from ..queries.clocks import clocks_of
from ..reference import terms_of
from ..scope import locked
from .noting import note


def take(*, matter_id: int, actor: Actor, now: datetime) -> MatterCard:
    """This function will make the actor the handler of a matter that nobody has; taking it again changes nothing.

    :raises PermissionRefused: without `care.handle`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if somebody else has it, it is closed, or the actor may not handle it
    """
    actor.require("care.handle")
    with transaction.atomic():
        row = locked(matter_id, actor)
        require_live(row)
        if row.handler_id not in (None, actor.id):
            raise CareRefused("care.matter.taken", f"{row.handler} handles it")
        if row.handler_id is None:
            require_fit(row, actor)
            _give(row, actor)
            note(row, "taken", actor=actor, now=now)
    return card_of(row, clocks_of([row], now)[row.pk])


def hand_over(*, matter_id: int, to_staff_id: int, reason: str, actor: Actor, now: datetime) -> MatterCard:
    """This function will give a matter to another handler, who sees why.

    1. A role that the kind names, in the scope of the matter's creditors, and nobody whom it is about.

    :raises PermissionRefused: without `care.handle`
    :raises MatterUnknown: if there is none in the actor's scope
    :raises CareRefused: if no reason is given, it is closed, or the other may not handle it
    """
    actor.require("care.handle")
    if not reason.strip():
        raise CareRefused("care.matter.reason_missing", "say why it is handed over")
    with transaction.atomic():
        row = locked(matter_id, actor)
        require_live(row)
        heir = identity.actor_by_id(to_staff_id)
        if heir is None or not heir.may("care.handle") or not _sees(row, heir):
            raise CareRefused("care.matter.handler", f"staff {to_staff_id} does not handle such matters")
        require_fit(row, heir)
        before = row.handler
        _give(row, heir)
        note(
            row, "handed_over", actor=actor, now=now, words=reason,
            facts={"to": heir.id, "to_name": heir.label, "from_name": before},
        )  # fmt: skip
    return card_of(row, clocks_of([row], now)[row.pk])


def name_staff(*, matter_id: int, staff_ids: tuple[int, ...], actor: Actor, now: datetime) -> MatterCard:
    """This function will note whom a complaint is about; a handler among them loses it at once.

    :raises PermissionRefused: without `care.handle`
    :raises MatterUnknown: if there is none in the actor's scope
    """
    actor.require("care.handle")
    with transaction.atomic():
        row = locked(matter_id, actor)
        row.about_staff_ids = sorted({*row.about_staff_ids, *staff_ids})
        if row.handler_id in row.about_staff_ids:
            row.handler_id, row.handler = None, ""
        row.save(update_fields=["about_staff_ids", "handler_id", "handler"])
        note(row, "about_staff", actor=actor, now=now, facts={"staff": list(staff_ids)})
    return card_of(row, clocks_of([row], now)[row.pk])


def require_live(row: Matter) -> None:
    """Pass silently, or refuse what is closed or withdrawn.

    :raises CareRefused: so
    """
    if row.state not in LIVE:
        raise CareRefused("care.matter.closed", f"matter {row.pk} is {row.state}")


def require_fit(row: Matter, handler: Actor) -> None:
    """Pass silently, or refuse a handler by role, or because the matter is about them.

    :raises CareRefused: so
    """
    if handler.id is None or handler.role not in terms_of(row.kind).handlers:
        raise CareRefused("care.matter.role", f"{handler.role or handler.kind} does not handle a {row.kind}")
    if handler.id in row.about_staff_ids:
        raise CareRefused(
            "care.matter.not_independent", f"it is about {handler.label}, somebody else handles it"
        )


def _sees(row: Matter, heir: Actor) -> bool:
    return heir.creditor_ids is None or not heir.creditor_ids.isdisjoint(row.creditor_ids)


def _give(row: Matter, handler: Actor) -> None:
    row.handler_id, row.handler = handler.id, handler.label
    row.save(update_fields=["handler_id", "handler"])
