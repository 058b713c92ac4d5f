"""Agreements as others see them."""

from __future__ import annotations

from fairdue.contexts.arrangements.contracts import AgreementCard
from fairdue.contexts.arrangements.errors import AgreementUnknown
from fairdue.contexts.arrangements.models import Agreement
from fairdue.contexts.arrangements.policies import in_scope, require_about
from fairdue.kernel.actor import Actor


def agreement_card(row: Agreement, *, is_repeated: bool = False) -> AgreementCard:
    """Return an agreement with the state of its file."""
    document = getattr(row, "document", None)
    return AgreementCard(
        agreement_id=row.pk,
        number=row.number,
        plan_id=row.plan.pk,
        person_id=row.person_id,
        creditor_id=row.creditor_id,
        kind=row.plan.kind,
        accepted_at=row.accepted_at,
        accepted_how=row.accepted_how,
        language=row.language,
        is_signed=document is not None and document.signed_at is not None,
        signed_at=document.signed_at if document else None,
        stamped_at=document.stamped_at if document else None,
        document_sha256=document.sha256 if document else "",
        is_repeated=is_repeated,
    )


def agreement(agreement_id: int, *, actor: Actor) -> AgreementCard:
    """Return one agreement.

    :raises AgreementUnknown: if there is none in the actor's scope
    :raises PermissionRefused: for staff without `plans.view`
    """
    rows = Agreement.objects.filter(pk=agreement_id).select_related("plan", "document")
    row = in_scope(rows, actor).first()
    if row is None:
        raise AgreementUnknown
    require_about(actor, row.person_id, "plans.view")
    return agreement_card(row)


def agreements_of(person_id: int, *, actor: Actor) -> tuple[AgreementCard, ...]:
    """Return a person's agreements in scope, the newest first."""
    require_about(actor, person_id, "plans.view")
    rows = in_scope(Agreement.objects.filter(person_id=person_id), actor).select_related("plan", "document")
    return tuple(agreement_card(row) for row in rows.order_by("-id"))
