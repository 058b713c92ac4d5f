"""Extensions: asked for by one, decided by another, never beyond what the rule allows."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..clock_rules import clock as clock_named
from ..deadline_contracts import DeadlineRefused, DeadlineUnknown, ExtensionCard, ExtensionOffer
from ..deadline_locks import locked, scoped
from ..models import Deadline, DeadlineExtension
from .deadline_start import midnight_after

LONGEST = 200
"""Characters of a reference and of a notice."""


def request_extension(
    *,
    deadline_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    until: date | None = None,
    reference: str = "",
    notice: str = "",
) -> ExtensionCard:
    """This function will ask for the next extension that the rule knows, and return what was asked for.

    1. `until` lies after the present end and not after the rule's maximum, counted from the start; left out: the
       maximum.
    2. What the rule wants said is said: a reason, the reference of an approval, how the person was told.
    3. Nothing changes before somebody else decides; one request at a time.

    :raises PermissionRefused: without `deadlines.meet`
    :raises DeadlineUnknown: if there is none in the actor's scope
    :raises DeadlineRefused: if it cannot be extended, or not so
    """
    from ..queries.deadlines import extension_card, offer_of

    actor.require("deadlines.meet")
    if actor.id is None:
        raise DeadlineRefused("law.deadline.extension.nobody", "only a member of staff asks for an extension")
    with transaction.atomic():
        row = locked(deadline_id, actor)
        _require_running(row, now)
        offer = offer_of(row)
        if offer is None:
            raise DeadlineRefused("law.deadline.extension.none", f"{row.rule_id} knows no further extension")
        said = {"reason": reason.strip(), "reference": reference.strip(), "notice": notice.strip()}
        wanted = until or offer.max_date
        _require_fitting(row, offer, said, wanted)
        if row.extensions.filter(status="open").exists():
            raise DeadlineRefused("law.deadline.extension.open", "an extension waits for a decision already")
        asked = DeadlineExtension.objects.create(
            deadline=row, step=offer.step, rule_id=offer.rule_id, citation=offer.citation, from_date=row.due_date,
            asked_date=wanted, max_date=offer.max_date, reason=said["reason"], reference=said["reference"][:LONGEST],
            words={"zh": offer.arithmetic_zh, "en": offer.arithmetic_en}, notice=said["notice"][:LONGEST],
            requested_by_id=actor.id, requested_by=actor.label, requested_at=now,
        )  # fmt: skip
        _audit("asked", asked, row, actor, now, reason)
    return extension_card(asked)


def _require_running(row: Deadline, now: datetime) -> None:
    if row.status not in ("running", "missed"):
        raise DeadlineRefused("law.deadline.closed", f"deadline {row.pk} has ended: {row.status}")
    if row.status == "missed" or now >= row.due_at:
        raise DeadlineRefused("law.deadline.extension.too_late", f"its last day was {row.due_date}")


def _require_fitting(row: Deadline, offer: ExtensionOffer, said: dict[str, str], wanted: date) -> None:
    for name in offer.needs:
        if not said[name]:
            raise DeadlineRefused(f"law.deadline.extension.{name}_missing", f"{offer.rule_id} wants a {name}")
    if not row.due_date < wanted <= offer.max_date:
        raise DeadlineRefused(
            "law.deadline.extension.beyond",
            f"{wanted} does not lie after {row.due_date} and up to {offer.max_date}",
        )


def decide_extension(
    *, extension_id: int, is_approved: bool, reason: str, actor: Actor, now: datetime
) -> ExtensionCard:
    """This function will approve or refuse an extension that somebody else asked for, and return it.

    1. Approved, the deadline ends on the day asked for, under the rule of the extension, from this moment.
    2. It is decided once; approved only before the deadline has ended, and by a role that the rule names.

    :raises PermissionRefused: without `deadlines.approve`
    :raises DeadlineUnknown: if there is none in the actor's scope
    :raises DeadlineRefused: if it was decided, is the actor's own, is another role's, comes too late, or a refusal
        gives no reason
    """
    from ..queries.deadlines import extension_card

    actor.require("deadlines.approve")
    with transaction.atomic():
        row, asked = _both(extension_id, actor)
        if asked.status != "open":
            raise DeadlineRefused("law.deadline.extension.decided", f"it is {asked.status} already")
        if actor.id is None or asked.requested_by_id == actor.id:
            raise DeadlineRefused(
                "law.deadline.extension.own", f"somebody other than {asked.requested_by} decides"
            )
        if actor.role not in approvers_of(row, asked.step):
            raise DeadlineRefused("law.deadline.extension.role", f"{actor.role} may not approve {asked.step}")
        if is_approved:
            _require_running(row, now)
            _lengthen(row, asked)
        elif not reason.strip():
            raise DeadlineRefused("law.deadline.reason_missing", "say why it is refused")
        _close(asked, "approved" if is_approved else "refused", reason, actor, now)
        _audit(asked.status, asked, row, actor, now, reason)
    return extension_card(asked)


def withdraw_extension(*, extension_id: int, actor: Actor, now: datetime) -> ExtensionCard:
    """This function will withdraw an extension that the actor asked for, and return it.

    :raises PermissionRefused: without `deadlines.meet`
    :raises DeadlineUnknown: if there is none in the actor's scope
    :raises DeadlineRefused: if it was decided, or somebody else asked for it
    """
    from ..queries.deadlines import extension_card

    actor.require("deadlines.meet")
    with transaction.atomic():
        row, asked = _both(extension_id, actor)
        if asked.status != "open":
            raise DeadlineRefused("law.deadline.extension.decided", f"it is {asked.status} already")
        if asked.requested_by_id != actor.id:
            raise DeadlineRefused("law.deadline.extension.not_own", f"{asked.requested_by} asked for it")
        _close(asked, "withdrawn", "", actor, now)
        _audit("withdrawn", asked, row, actor, now, "")
    return extension_card(asked)


def approvers_of(row: Deadline, step: str) -> tuple[str, ...]:
    """Return the roles that may approve a step of a deadline's clock."""
    clock = clock_named(row.pack, row.kind)
    chosen = clock.step(step) if clock else None
    return chosen.approvers if chosen else ()


def _both(extension_id: int, actor: Actor) -> tuple[Deadline, DeadlineExtension]:
    """Lock the deadline and then the extension, as everybody does."""
    found = DeadlineExtension.objects.filter(pk=extension_id, deadline__in=scoped(actor)).first()
    if found is None:
        raise DeadlineUnknown(f"no extension {extension_id}")
    row = locked(found.deadline_id, actor)
    return row, DeadlineExtension.objects.select_for_update().get(pk=extension_id)


def _lengthen(row: Deadline, asked: DeadlineExtension) -> None:
    row.due_date, row.step = asked.asked_date, asked.step
    row.due_at = midnight_after(asked.asked_date, row.words["zone"])
    row.rule_id, row.citation = asked.rule_id, asked.citation
    row.words = row.words | {"arithmetic": asked.words}
    row.save(update_fields=["due_date", "step", "due_at", "rule_id", "citation", "words"])


def _close(asked: DeadlineExtension, status: str, reason: str, actor: Actor, now: datetime) -> None:
    asked.status, asked.decided_by_id, asked.decided_by = status, actor.id, actor.label
    asked.decided_role, asked.decided_at, asked.decision_reason = actor.role, now, reason.strip()
    asked.save()


def _audit(
    verb: str, asked: DeadlineExtension, row: Deadline, actor: Actor, now: datetime, reason: str
) -> None:
    audit.record(
        code=f"law.extension.{verb}", actor=actor, subject_type="deadline_extension", subject_id=asked.pk,
        person_id=row.person_id, now=now, reason=reason, before={"due": asked.from_date.isoformat()},
        after={
            "deadline": row.pk, "kind": row.kind, "asked": asked.asked_date.isoformat(), "rule": asked.rule_id,
            "reference": asked.reference, "notice": asked.notice,
        },
    )  # fmt: skip
